namespace Karez.Secure.Tests;

/// <summary>Passes octets through until it is primed; then reads give what is next, and writes go nowhere.</summary>
internal sealed class PrimedStream(Stream inner) : Stream
{
    private bool _apart;

    /// <summary>What the next read gives.</summary>
    public ReadOnlyMemory<byte> Next { get; set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>From now on nothing reaches the other side.</summary>
    public void Part() => _apart = true;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_apart)
            return inner.ReadAsync(buffer, cancellationToken);
        Next.CopyTo(buffer);
        return new ValueTask<int>(Next.Length);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        _apart ? default : inner.WriteAsync(buffer, cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    public override void Flush() => inner.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        inner.Dispose();
        base.Dispose(disposing);
    }
}
