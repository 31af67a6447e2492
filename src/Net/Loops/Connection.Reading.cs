using Karez.Sys;

namespace Karez.Net.Loops;

/// <content>Reading.</content>
public sealed partial class Connection
{
    private bool _readable;
    private bool _sawEnd;
    private bool _sawUrgent;
    private long _readTurn;
    private int _readsInTurn;
    private int _octetsInTurn;

    /// <summary>Reads at least one octet; 0 when the peer has finished writing.</summary>
    /// <exception cref="ConnectionException">The connection is over in another way.</exception>
    public ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        ThrowIfEmpty(buffer.Length);
        return ReadAsync(buffer, default);
    }

    /// <summary>Reads what there is into slots, in order; 0 when the peer has finished writing.</summary>
    /// <exception cref="ConnectionException">The connection is over in another way.</exception>
    public ValueTask<int> ReadSlotsAsync(Memory<byte> buffer, SlotLayout slots)
    {
        ThrowIfEmpty(slots.Count);
        return ReadAsync(buffer, slots);
    }

    /// <summary>Waits until reading may give something: octets, the end, or a fault. Holds no buffer.</summary>
    /// <exception cref="ConnectionException">The connection was aborted or disposed.</exception>
    public ValueTask WaitReadableAsync()
    {
        _loop.CheckThread();
        if (_readable && _fault == ConnectionFault.None && _reader.IsIdle && HasShare()) return default;
        _reader.Start(ReadOperation.Want.Readiness, default, default);
        return _reader.AsDone();
    }

    /// <summary>
    /// Reads what is there; false when nothing is, or when it is the others' turn: either way, wait before the next
    /// try. <paramref name="count"/> of 0 with true: the peer has finished.
    /// </summary>
    /// <exception cref="ConnectionException">The connection is over in another way.</exception>
    public bool TryRead(Span<byte> buffer, out int count)
    {
        ThrowIfEmpty(buffer.Length);
        return TryRead(buffer, default, out count);
    }

    /// <summary>Reads what is there into slots, as <see cref="TryRead(Span{byte}, out int)"/>.</summary>
    /// <exception cref="ConnectionException">The connection is over in another way.</exception>
    public bool TryReadSlots(Span<byte> buffer, SlotLayout slots, out int count)
    {
        ThrowIfEmpty(slots.Count);
        return TryRead(buffer, slots, out count);
    }

    /// <summary>Lets the kernel tell of octets when there are so many, or the end; false where it will not.</summary>
    internal bool TrySetReadMark(int octets) =>
        _isIP && _fault == ConnectionFault.None && Sockets.SetReceiveLowMark(_descriptor, octets) >= 0;

    /// <summary>Resumes who waits to read, although the kernel did not tell of anything.</summary>
    internal void ReadAnyway()
    {
        _loop.CheckThread();
        _readable = true;
        if (_reader.IsPending) _reader.Attempt();
    }

    /// <summary>The descriptor gave EAGAIN to somebody who read it directly: wait for the next edge.</summary>
    internal void NoteDrained() => _readable = false;

    private ValueTask<int> ReadAsync(Memory<byte> buffer, SlotLayout slots)
    {
        _loop.CheckThread();
        if (_readable && _fault == ConnectionFault.None && _reader.IsIdle && MayReadNow())
        {
            var result = Receive(buffer.Span, slots);
            if (result >= 0) return new ValueTask<int>(result);
            if (result != -Errno.Again)
                return ValueTask.FromException<int>(new ConnectionException(_fault, _errno));
        }

        _reader.Start(ReadOperation.Want.Octets, buffer, slots);
        return _reader.AsCount();
    }

    private bool TryRead(Span<byte> buffer, SlotLayout slots, out int count)
    {
        _loop.CheckThread();
        if (_reader.IsPending) throw new InvalidOperationException("A reader is waiting.");
        if (_fault != ConnectionFault.None) throw new ConnectionException(_fault, _errno);
        count = _readable && MayReadNow() ? Receive(buffer, slots) : -Errno.Again;
        if (count >= 0) return true;
        if (count != -Errno.Again) throw new ConnectionException(_fault, _errno);
        count = 0;
        return false;
    }

    /// <summary>Whether one more read is within the turn's share. Counts it.</summary>
    private bool MayReadNow()
    {
        if (!HasShare()) return false;
        _readsInTurn++;
        return true;
    }

    private bool HasShare()
    {
        if (_readTurn != _loop.Turn) (_readTurn, _readsInTurn, _octetsInTurn) = (_loop.Turn, 0, 0);
        return _readsInTurn < TurnShare && _octetsInTurn < TurnOctets;
    }

    /// <summary>One read: octets, 0 at the end, minus EAGAIN, or minus 1 with the fault noted.</summary>
    private int Receive(Span<byte> buffer, SlotLayout slots)
    {
        var wanted = slots.Count == 0 ? buffer.Length : slots.Length * slots.Count;
        var result = slots.Count == 0
            ? Sockets.Receive(_descriptor, buffer)
            : Sockets.ReceiveSlots(_descriptor, buffer, slots.Offset, slots.Length, slots.Stride, slots.Count);
        if (result > 0)
        {
            NoteRead(result);
            // Only then is a short read the same as EAGAIN: a FIN or octets after an urgent mark bring no new edge.
            if (result < wanted && _isIP && !_sawEnd && !_sawUrgent) _readable = false;
            return result;
        }

        if (result == -Errno.Again)
        {
            _readable = false;
            return result;
        }

        return NoteReadEnd(-result);
    }

    private void NoteRead(int count)
    {
        BytesRead += count;
        _octetsInTurn += count;
    }

    private int NoteReadEnd(int errno)
    {
        // The kernel tells an error once: when a write took it, reading shows an orderly end.
        if (errno == 0 && _writeFault != ConnectionFault.None && PeerEnd == ConnectionEnd.Reset)
            (_fault, _errno) = (_writeFault, _writeErrno);
        else if (errno == 0)
        {
            _sawEnd = true;
            if (PeerEnd == ConnectionEnd.Open) PeerEnd = ConnectionEnd.Finished;
            return 0;
        }
        else
        {
            (_fault, _errno) = (ConnectionException.FaultOf(errno), errno);
        }

        _sawEnd = true;
        if (_fault == ConnectionFault.Reset) PeerEnd = ConnectionEnd.Reset;
        if (_writer.IsPending) _writer.FailLater(_fault);
        return -Errno.NotPermitted;
    }

    private static void ThrowIfEmpty(int length)
    {
        // A read of nothing would look like the end.
        if (length == 0) throw new ArgumentException("The buffer is empty.");
    }

    private sealed class ReadOperation(Connection connection) : Operation(connection._loop)
    {
        private Want _want;
        private Memory<byte> _buffer;
        private SlotLayout _slots;

        internal enum Want
        {
            Readiness,
            Octets,
        }

        internal void Start(Want want, Memory<byte> buffer, SlotLayout slots)
        {
            Begin();
            (_want, _buffer, _slots) = (want, buffer, slots);
            if (connection._fault != ConnectionFault.None) FailLater(connection._fault);
            else if (connection._readable) Loop.Defer(this);
        }

        internal void Attempt()
        {
            if (_want == Want.Readiness)
            {
                Complete(0);
                return;
            }

            var result = connection.Receive(_buffer.Span, _slots);
            if (result == -Errno.Again) return;
            if (result >= 0) Complete(result);
            else Fail(connection._fault, connection._errno);
        }

        protected override void Retry()
        {
            if (connection._readable) Attempt();
        }

        protected override void Release() => _buffer = default;
    }

    // Operations of one direction in one turn, before it is the others' turn.
    private const int TurnShare = 16;

    // Octets read in one direction in one turn, but for what one read brings: 0.1 to 0.5 ms of a core.
    private const int TurnOctets = 1024 * 1024;
}
