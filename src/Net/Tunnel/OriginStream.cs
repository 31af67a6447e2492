using Karez.Net.Loops;

namespace Karez.Net.Tunnel;

/// <summary>An origin as a stream, for those who are not on its loop: HttpClient.</summary>
/// <param name="loop">The origin's loop.</param>
/// <param name="origin">The origin.</param>
/// <param name="owned">What is disposed with this, on the loop.</param>
public sealed class OriginStream(EventLoop loop, IOrigin origin, IDisposable owned) : Stream
{
    private ReadOnlyMemory<byte> _rest;
    private bool _isOver;
    private bool _isDisposed;

    /// <summary>Called with each count of octets that came or went.</summary>
    public Action<int>? Passed { get; init; }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_rest.IsEmpty && !_isOver)
        {
            // Copied on the loop: an origin that ends gives its memory back, whoever reads there.
            _rest = await RunAsync(
                async () => (await origin.ReceiveAsync()).ToArray(), cancellationToken).ConfigureAwait(false);
            _isOver = _rest.IsEmpty;
            Passed?.Invoke(_rest.Length);
        }

        var count = Math.Min(buffer.Length, _rest.Length);
        _rest.Span[..count].CopyTo(buffer.Span);
        _rest = _rest[count..];
        return count;
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
            return;
        await RunAsync(
            async () =>
            {
                await origin.SendAsync(buffer);
                return 0;
            },
            cancellationToken).ConfigureAwait(false);
        Passed?.Invoke(buffer.Length);
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            loop.Post(() =>
            {
                origin.Abort(ConnectionFault.Closed);
                owned.Dispose();
            });
        }

        base.Dispose(disposing);
    }

    /// <summary>On the loop; who gives up ends the origin, so that nothing is written into his buffer later.</summary>
    private async Task<T> RunAsync<T>(Func<ValueTask<T>> flow, CancellationToken cancellationToken)
    {
        await using var giveUp = cancellationToken.Register(
            () => loop.Post(() => origin.Abort(ConnectionFault.Closed))).ConfigureAwait(false);
        try
        {
            return await loop.RunAsync(flow).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is ConnectionException or TunnelException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new IOException(exception.Message, exception);
        }
    }
}
