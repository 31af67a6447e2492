namespace Karez.Browsers;

/// <summary>Passes octets through and keeps what was read, read by read.</summary>
internal sealed class RecordingStream(Stream inner) : Stream
{
    private Memory<byte> _ahead;

    /// <summary>What each read gave: the pieces in which the peer wrote, as we read at once.</summary>
    public List<byte[]> Reads { get; } = [];

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // TLS asks for five octets of header first; what the peer wrote would fall to pieces.
        if (_ahead.IsEmpty)
        {
            var block = new byte[1 << 16];
            var read = await inner.ReadAsync(block, cancellationToken);
            if (read == 0)
                return 0;
            _ahead = block.AsMemory(0, read);
            Reads.Add(_ahead.ToArray());
        }

        var length = Math.Min(_ahead.Length, buffer.Length);
        _ahead[..length].CopyTo(buffer);
        _ahead = _ahead[length..];
        return length;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        inner.WriteAsync(buffer, offset, count, cancellationToken);

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
