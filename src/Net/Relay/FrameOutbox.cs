using Karez.Net.Loops;
using Karez.Net.Tunnel;
using Karez.Proxy;
using Karez.Proxy.Mux;

namespace Karez.Net.Relay;

/// <summary>
/// Frames of many sessions on their way into one tunnel: they collect in one buffer while the one before it is being
/// sent, so a slow tunnel costs two buffers and no more. An empty queue holds none.
/// </summary>
/// <remarks>For the tunnel's loop; the only one who sends on this leg.</remarks>
public sealed class FrameOutbox(VlessLeg leg) : IAsyncDisposable
{
    private Rented? _collecting;
    private int _length;
    private long _batch;
    private Task _sending = Task.CompletedTask;
    private TaskCompletionSource? _room;
    private bool _isOver;

    /// <summary>Room for a frame; fill it, then <see cref="Commit"/> before anything else happens.</summary>
    /// <param name="length">At most so many octets.</param>
    /// <param name="room">Exactly so many.</param>
    /// <returns>False: drop the frame, or wait for room.</returns>
    public bool TryReserve(int length, out Span<byte> room)
    {
        room = default;
        if (!HasRoom(length))
            return false;
        _collecting ??= leg.Tunnel.Connection.Loop.Buffers.Rent(BufferSize.Records);
        room = _collecting.Span.Slice(_length, length);
        return true;
    }

    /// <summary>
    /// Queues a datagram of a session. Of several sessions none has more than half of the buffer, so one that floods
    /// does not shut the others out.
    /// </summary>
    /// <param name="machine">Writes its header.</param>
    /// <param name="session">Whose it is.</param>
    /// <param name="share">What that session has here; null while it is the only one.</param>
    /// <param name="address">Where to, or where from.</param>
    /// <param name="payload">The datagram.</param>
    /// <returns>False: it was dropped.</returns>
    public bool TryWriteDatagram(
        IMuxSpeaker machine, ushort session, OutboxShare? share, in Destination address, ReadOnlySpan<byte> payload)
    {
        ArgumentNullException.ThrowIfNull(machine);
        var length = MuxWire.MaxHeader + payload.Length;
        if (!IsWithin(share, length) || !TryReserve(length, out var room))
            return false;
        if (share is not null)
            share.Octets += length;
        var header = machine.WriteData(session, address, payload.Length, room);
        if (header == 0)
            return false;
        payload.CopyTo(room[header..]);
        Commit(header + payload.Length);
        return true;
    }

    /// <summary>Adds the front of what was reserved.</summary>
    public void Commit(int length) => _length += length;

    /// <summary>Lets what was collected leave as soon as the tunnel takes it; never waits.</summary>
    public void Flush()
    {
        if (_length > 0 && _sending.IsCompleted)
            _sending = SendAsync();
        else if (_length == 0)
            Drop();
    }

    /// <summary>Waits until a frame of this length finds room.</summary>
    /// <exception cref="ConnectionException">The tunnel is over.</exception>
    public async ValueTask WaitForRoomAsync(int length)
    {
        while (!HasRoom(length))
        {
            if (_isOver)
                throw new ConnectionException(ConnectionFault.Closed);
            Flush(); // which may have made room at once: nobody would tell of it
            if (HasRoom(length))
                return;
            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await _room.Task;
        }
    }

    /// <summary>Waits for room, writes a frame and lets it leave.</summary>
    /// <param name="length">At most so many octets.</param>
    /// <param name="state">What the writer needs.</param>
    /// <param name="write">Writes the frame into the room and says how long it is; 0 for none after all.</param>
    /// <exception cref="ConnectionException">The tunnel is over.</exception>
    public async ValueTask WriteAsync<T>(int length, T state, FrameWriter<T> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        do
        {
            await WaitForRoomAsync(length);
        }
        while (!TryWrite(length, state, write)); // another session may have been quicker
    }

    /// <summary>Takes no more, sends what there is, then says that nothing more comes from here.</summary>
    public async ValueTask FinishAsync()
    {
        Flush();
        _isOver = true;
        TellRoom();
        await _sending;
        await leg.FinishAsync();
    }

    /// <summary>Takes no more; waits for what is being sent, so abort the tunnel first if it may be slow.</summary>
    public async ValueTask DisposeAsync()
    {
        End();
        await _sending;
    }

    private bool TryWrite<T>(int length, T state, FrameWriter<T> write)
    {
        if (!TryReserve(length, out var room))
            return false;
        Commit(write(state, room));
        Flush();
        return true;
    }

    private bool IsWithin(OutboxShare? share, int length)
    {
        if (share is null)
            return true;
        if (share.Batch != _batch)
            (share.Batch, share.Octets) = (_batch, 0);
        return share.Octets + length <= BufferPool.OctetsOf(BufferSize.Records) / 2;
    }

    private bool HasRoom(int length) =>
        !_isOver && _length + length <= BufferPool.OctetsOf(BufferSize.Records);

    private async Task SendAsync()
    {
        try
        {
            while (_length > 0 && _collecting is { } batch)
            {
                var octets = batch.Memory[.._length];
                (_collecting, _length) = (null, 0);
                _batch++;
                TellRoom();
                using (batch)
                    await leg.SendAsync(octets);
            }
        }
        catch (ConnectionException)
        {
            // Whoever receives on this leg finds out as well.
            End();
        }
    }

    private void End()
    {
        _isOver = true;
        Drop();
        TellRoom();
    }

    private void Drop()
    {
        _collecting?.Dispose();
        (_collecting, _length) = (null, 0);
    }

    private void TellRoom()
    {
        var room = _room;
        _room = null;
        room?.TrySetResult();
    }
}
