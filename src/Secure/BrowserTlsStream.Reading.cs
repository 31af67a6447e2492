using System.Buffers;
using System.Runtime.CompilerServices;
using Karez.Tls;

namespace Karez.Secure;

/// <content>Reading: records are opened where they lie, and handed out from there.</content>
public sealed partial class BrowserTlsStream
{
    private byte[]? _input;
    private int _start;
    private int _end;
    private int _plainStart;
    private int _plainEnd;
    private bool _ended;

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        EnterRead();
        return ReadCoreAsync(buffer, cancellationToken);
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        EnterRead();
        try
        {
            while (true)
            {
                if (TryReadHeld(buffer, out var length))
                    return length;
                TakeRead(_inner.Read(MakeRoom().Span));
            }
        }
        catch (BrowserTlsException wrong) when (AnswerTo(wrong.Fault))
        {
            SendAlert();
            throw;
        }
        finally
        {
            LeaveRead();
        }
    }

    /// <inheritdoc/>
    public override IAsyncResult BeginRead(
        byte[] buffer, int offset, int count, AsyncCallback? callback, object? state) =>
        TaskToAsyncResult.Begin(ReadAsync(buffer, offset, count, CancellationToken.None), callback, state);

    /// <inheritdoc/>
    public override int EndRead(IAsyncResult asyncResult) => TaskToAsyncResult.End<int>(asyncResult);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadCoreAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                if (TryReadHeld(buffer.Span, out var length))
                    return length;
                if (buffer.IsEmpty && _start == _end)
                {
                    ReturnInput();
                    await _inner.ReadAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);
                }

                TakeRead(await _inner.ReadAsync(MakeRoom(), cancellationToken).ConfigureAwait(false));
            }
        }
        catch (BrowserTlsException wrong) when (AnswerTo(wrong.Fault))
        {
            await SendAlertAsync(cancellationToken).ConfigureAwait(false);
            throw;
        }
        finally
        {
            LeaveRead();
        }
    }

    /// <summary>What lies beyond the handshake's last record.</summary>
    private void TakeOver(ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty)
            return;
        _input = ArrayPool<byte>.Shared.Rent(InputSize);
        rest.CopyTo(_input);
        _end = rest.Length;
    }

    /// <summary>Serves a read from what is here: every whole record, before the inner stream is asked.</summary>
    /// <returns>False when more has to come in first.</returns>
    private bool TryReadHeld(Span<byte> buffer, out int length)
    {
        length = 0;
        while (_plainStart == _plainEnd)
        {
            if (_ended)
                return true;
            switch (_session.Open(_input.AsSpan(_start.._end), out var consumed, out var offset, out var plain))
            {
                case TlsReadStatus.NeedInput:
                    return false;
                case TlsReadStatus.Data:
                    _plainStart = _start + offset;
                    _plainEnd = _plainStart + plain;
                    break;
                case TlsReadStatus.Closed:
                    _ended = ReceivedCloseNotify = true;
                    break;
                case TlsReadStatus.Failed:
                    throw new BrowserTlsException(_session.Fault, _session.PeerAlert);
            }

            _start += consumed;
            KeepTickets();
        }

        length = Math.Min(buffer.Length, _plainEnd - _plainStart);
        _input.AsSpan(_plainStart, length).CopyTo(buffer);
        _plainStart += length;
        if (_plainStart == _plainEnd && _start == _end)
            ReturnInput();
        return true;
    }

    private void KeepTickets()
    {
        if (_options.Session is not { } session)
            return;
        while (_session.TryTakeTicket(session.Now, out var ticket))
        {
            // True says that there is one.
            session.Keep(_ticketKey, new BrowserSession.KeptTicket(ticket!, Peer.Certificates));
        }
    }

    private Memory<byte> MakeRoom()
    {
        _input ??= ArrayPool<byte>.Shared.Rent(InputSize);
        if (_start > 0)
        {
            // No plaintext waits here: only the beginning of a record.
            _input.AsSpan(_start.._end).CopyTo(_input);
            (_start, _end) = (0, _end - _start);
        }

        return _input.AsMemory(_end..);
    }

    private void TakeRead(int read)
    {
        _end += read;
        if (read > 0)
            return;
        if (_start < _end)
            throw new BrowserTlsException(TlsFault.ClosedDuringHandshake);
        _ended = true;
    }

    private void ReturnInput()
    {
        if (_input is not { } input)
            return;
        _input = null;
        _start = _end = _plainStart = _plainEnd = 0;
        ArrayPool<byte>.Shared.Return(input);
    }

    private void EnterRead()
    {
        lock (_state)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_readingNow)
                throw new InvalidOperationException("Another read is under way.");
            _readingNow = true;
        }
    }

    private void LeaveRead()
    {
        lock (_state)
            _readingNow = false;
        ReleaseWhenIdle();
    }
}
