using System.Buffers;
using System.Runtime.CompilerServices;
using Karez.Tls;
using Karez.Tls.Records;

namespace Karez.Secure;

/// <content>Writing, closing, and the end.</content>
public sealed partial class BrowserTlsStream
{
    // RFC 8446 section 5.5: at most 2^24.5 full records of AES-GCM under one key.
    private const ulong MaxRecordsPerKey = 1 << 24;

    private byte[]? _output;
    private int _alertLength;
    private bool _writeEnded;

    /// <inheritdoc/>
    public override ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        EnterWrite();
        return WriteCoreAsync(buffer, cancellationToken);
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        EnterWrite();
        var whole = false;
        try
        {
            while (!buffer.IsEmpty)
            {
                var length = SealSome(ref buffer);
                _inner.Write(_output.AsSpan(..length));
            }

            whole = true;
        }
        finally
        {
            _writeEnded |= !whole;
            LeaveWrite();
        }
    }

    /// <inheritdoc/>
    public override IAsyncResult BeginWrite(
        byte[] buffer, int offset, int count, AsyncCallback? callback, object? state) =>
        TaskToAsyncResult.Begin(WriteAsync(buffer, offset, count, CancellationToken.None), callback, state);

    /// <inheritdoc/>
    public override void EndWrite(IAsyncResult asyncResult) => TaskToAsyncResult.End(asyncResult);

    /// <inheritdoc/>
    public override void Flush() => _inner.Flush();

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => _inner.FlushAsync(cancellationToken);

    /// <summary>Sends close_notify: nothing can be written after it, reading goes on.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task ShutdownAsync(CancellationToken cancellationToken = default)
    {
        EnterWrite();
        try
        {
            _writeEnded = true;
            _output ??= ArrayPool<byte>.Shared.Rent(OutputSize);
            var length = _session.SealCloseNotify(_output);
            await _inner.WriteAsync(_output.AsMemory(..length), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            LeaveWrite();
        }
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (TryDispose())
        {
            if (!_options.LeaveInnerOpen)
                await _inner.DisposeAsync().ConfigureAwait(false);
            ReleaseWhenIdle();
        }

        await base.DisposeAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && TryDispose())
        {
            if (!_options.LeaveInnerOpen)
                _inner.Dispose();
            ReleaseWhenIdle();
        }

        base.Dispose(disposing);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteCoreAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        var whole = false;
        try
        {
            while (!buffer.IsEmpty)
            {
                var rest = buffer.Span;
                var length = SealSome(ref rest);
                buffer = buffer[^rest.Length..];
                await _inner.WriteAsync(_output.AsMemory(..length), cancellationToken).ConfigureAwait(false);
            }

            whole = true;
        }
        finally
        {
            // What is lost of a record cannot be made up for.
            _writeEnded |= !whole;
            LeaveWrite();
        }
    }

    /// <summary>Fills the output with records.</summary>
    private int SealSome(ref ReadOnlySpan<byte> payload)
    {
        _output ??= ArrayPool<byte>.Shared.Rent(OutputSize);
        var filled = 0;
        if (_session.TryTakePending(_output, out var answer))
            filled += answer;
        if (_session.Sealer.Sequence >= MaxRecordsPerKey)
            filled += _session.SealKeyUpdate(_output.AsSpan(filled..), updateRequested: false);
        while (!payload.IsEmpty && filled + RecordSealer.MaxRecord <= OutputSize)
        {
            var length = Math.Min(payload.Length, _session.MaxPayload);
            payload[..length].CopyTo(_output.AsSpan(filled + RecordSealer.Headroom));
            filled += _session.Seal(_output, filled + RecordSealer.Headroom, length);
            payload = payload[length..];
        }

        return filled;
    }

    /// <summary>Makes the alert for a fault, unless a write is under way or writing has ended.</summary>
    /// <returns>Whether there is an alert to send; then writing is entered.</returns>
    private bool AnswerTo(TlsFault fault)
    {
        if (TlsFaults.Alert(fault) is not { } description)
            return false;
        lock (_state)
        {
            if (_disposed || _writingNow || _writeEnded)
                return false;
            _writingNow = _writeEnded = true;
        }

        _output ??= ArrayPool<byte>.Shared.Rent(OutputSize);
        _alertLength = _session.SealAlert(_output, description);
        return true;
    }

    private void SendAlert()
    {
        try
        {
            _inner.Write(_output.AsSpan(.._alertLength));
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // The fault itself is the news.
        }
        finally
        {
            LeaveWrite();
        }
    }

    private async ValueTask SendAlertAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _inner.WriteAsync(_output.AsMemory(.._alertLength), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The fault itself is the news.
        }
        finally
        {
            LeaveWrite();
        }
    }

    private void EnterWrite()
    {
        lock (_state)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_writingNow)
                throw new InvalidOperationException("Another write is under way.");
            if (_writeEnded)
                throw new IOException("Writing has ended: it was shut down, canceled or failed.");
            _writingNow = true;
        }
    }

    private void LeaveWrite()
    {
        if (_output is { } output)
        {
            _output = null;
            ArrayPool<byte>.Shared.Return(output);
        }

        lock (_state)
            _writingNow = false;
        ReleaseWhenIdle();
    }

    private bool TryDispose()
    {
        lock (_state)
        {
            if (_disposed)
                return false;
            _disposed = true;
            return true;
        }
    }

    /// <summary>Lets keys and buffers go once disposed and once no call uses them any more.</summary>
    private void ReleaseWhenIdle()
    {
        lock (_state)
        {
            if (!_disposed || _readingNow || _writingNow || _released)
                return;
            _released = true;
        }

        _session.Dispose();
        ReturnInput();
    }
}
