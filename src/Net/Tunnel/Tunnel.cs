using System.Runtime.CompilerServices;
using Karez.Net.Loops;
using Karez.Tls;
using Karez.Tls.Records;

namespace Karez.Net.Tunnel;

/// <summary>
/// A TLS session over a connection. Either direction can be left for raw octets on its own: then the connection itself
/// is read or written, after what this object still holds.
/// </summary>
/// <remarks>One reader and one writer at a time, on the connection's loop. Idle receiving holds no buffer.</remarks>
public sealed class Tunnel : IDisposable
{
    private Rented? _buffer;
    private int _start;
    private int _end;
    private TlsReadStatus _stopped = TlsReadStatus.Data;

    /// <summary>Takes over a connection whose handshake is done.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="session">Its session.</param>
    /// <param name="leftover">Octets that came after the handshake; copied.</param>
    public Tunnel(Connection connection, TlsSession session, ReadOnlySpan<byte> leftover)
    {
        Connection = connection;
        Session = session;
        if (leftover.IsEmpty)
            return;
        _buffer = connection.Loop.Buffers.Rent(BufferSize.Read);
        leftover.CopyTo(_buffer.Span);
        _end = leftover.Length;
    }

    /// <summary>The connection underneath.</summary>
    public Connection Connection { get; }

    /// <summary>The session.</summary>
    public TlsSession Session { get; }

    /// <summary>At a client: whether the node can tell how a dial went (docs/decisions/verdict.md).</summary>
    public bool TellsOutcomes { get; init; }

    /// <summary>Called once, when this is disposed.</summary>
    public Action? Disposed { get; set; }

    /// <summary>Waits for the plaintext of one record.</summary>
    /// <returns>Octets that stay where they are until the next call; none when the peer is done.</returns>
    /// <exception cref="TunnelException">The peer broke TLS, or the stream ended inside a record.</exception>
    /// <exception cref="ConnectionException">The connection broke.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Memory<byte>> ReceiveAsync()
    {
        while (true)
        {
            if (TryReceive(out var plaintext))
                return plaintext;
            switch (_stopped)
            {
                case TlsReadStatus.Closed:
                    return default;
                case TlsReadStatus.Failed:
                    throw new TunnelException(TunnelFault.BrokenTls, Session.Fault);
            }

            MakeRoom();
            int count;
            while (_buffer is null || !TryFill(_buffer, out count))
            {
                if (_start == _end)
                    ReleaseRest(); // nothing there: wait without a buffer
                await Connection.WaitReadableAsync();
                _buffer ??= Connection.Loop.Buffers.Rent(BufferSize.Read);
            }

            if (count == 0)
                return _end == _start ? default : throw new TunnelException(TunnelFault.Truncated);
        }
    }

    /// <summary>
    /// Gives the plaintext of one more record that has arrived whole. What earlier calls gave since the last
    /// <see cref="ReceiveAsync"/> stays where it is. False says only that receiving has to be asked.
    /// </summary>
    public bool TryReceive(out Memory<byte> plaintext)
    {
        plaintext = default;
        while (_end > _start && _stopped == TlsReadStatus.Data)
        {
            // Octets between _start and _end lie in a buffer.
            var status = Session.Open(_buffer!.Span[_start.._end], out var consumed, out var offset, out var length);
            var at = _start + offset;
            _start += consumed;
            switch (status)
            {
                case TlsReadStatus.Data:
                    plaintext = _buffer.Memory.Slice(at, length);
                    return true;
                case TlsReadStatus.Closed or TlsReadStatus.Failed:
                    _stopped = status;
                    break;
                case TlsReadStatus.NeedInput:
                    return false;
            }
        }

        return false;
    }

    /// <summary>
    /// Takes what was read and not opened, once receiving was left for raw octets: the front of the raw stream. It
    /// stays where it is until <see cref="ReleaseRest"/>.
    /// </summary>
    public ReadOnlyMemory<byte> Rest => _buffer is null ? default : _buffer.Memory[_start.._end];

    /// <summary>Gives the read buffer back.</summary>
    public void ReleaseRest()
    {
        _buffer?.Dispose();
        _buffer = null;
        (_start, _end) = (0, 0);
    }

    /// <summary>
    /// Seals the payload where it lies and sends it: see <see cref="RecordSealer.Seal"/> for the room it needs.
    /// </summary>
    public ValueTask SendAsync(Memory<byte> buffer, int offset, int length, int recordLength = 0)
    {
        var total = Session.Seal(buffer.Span, offset, length, recordLength);
        return Connection.WriteAsync(buffer.Slice(offset - RecordSealer.Headroom, total));
    }

    /// <summary>Says that nothing more comes from here: close_notify, or, once raw, only FIN.</summary>
    public async ValueTask FinishAsync()
    {
        if (!Session.Sealer.Detached)
        {
            using var buffer = Connection.Loop.Buffers.Rent(BufferSize.Small);
            var length = Session.SealCloseNotify(buffer.Span);
            await Connection.WriteAsync(buffer.Memory[..length]);
        }

        Connection.ShutdownWrite();
    }

    /// <summary>Sends the alert for a fault, where the RFC wants one and writing is not raw; then FIN.</summary>
    public async ValueTask FailAsync(TlsFault fault)
    {
        try
        {
            if (!Session.Sealer.Detached && TlsFaults.Alert(fault) is { } description)
            {
                var alert = new byte[TlsSession.AlertRecordLength];
                await Connection.WriteAsync(alert.AsMemory(0, Session.SealAlert(alert, description)));
            }

            Connection.ShutdownWrite();
        }
        catch (ConnectionException)
        {
            // Gone already.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ReleaseRest();
        Session.Dispose();
        Connection.Dispose();
        var disposed = Disposed;
        Disposed = null;
        disposed?.Invoke();
    }

    /// <summary>A record always fits behind its own beginning once that is moved to the front.</summary>
    private void MakeRoom()
    {
        if (_start == _end)
        {
            (_start, _end) = (0, 0);
        }
        else if (_start > 0 && _buffer!.Length - _end < RecordOpener.MaxRecord)
        {
            _buffer.Span[_start.._end].CopyTo(_buffer.Span);
            (_start, _end) = (0, _end - _start);
        }
    }

    private bool TryFill(Rented buffer, out int count)
    {
        if (!Connection.TryRead(buffer.Span[_end..], out count))
            return false;
        _end += count;
        return true;
    }
}
