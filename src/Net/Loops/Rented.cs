using System.Buffers;
using Karez.Sys;

namespace Karez.Net.Loops;

/// <summary>
/// A buffer that is yours until you dispose it; after that every use of it, or of memory taken from it, throws, so a
/// forgotten slice can never show another flow's octets. Its octets are not cleared between flows.
/// </summary>
public sealed class Rented : MemoryManager<byte>
{
    private readonly BufferPool _pool;
    private PageBlock? _block;

    internal Rented(BufferPool pool, PageBlock block, BufferSize size)
    {
        _pool = pool;
        _block = block;
        Size = size;
    }

    /// <summary>Its size class.</summary>
    public BufferSize Size { get; }

    /// <summary>Octets in it.</summary>
    public int Length => BufferPool.OctetsOf(Size);

    /// <summary>Its octets.</summary>
    public Span<byte> Span => GetSpan();

    /// <inheritdoc/>
    public override Span<byte> GetSpan()
    {
        ObjectDisposedException.ThrowIf(_block is null, this);
        return _block.Span;
    }

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ObjectDisposedException.ThrowIf(_block is null, this);
        return _block.Pin(elementIndex);
    }

    /// <inheritdoc/>
    public override void Unpin()
    {
    }

    /// <summary>Gives it back; once is enough, and from any thread.</summary>
    public void Dispose() => Dispose(true);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _block, null) is { } block) _pool.Return(block, Size);
    }
}
