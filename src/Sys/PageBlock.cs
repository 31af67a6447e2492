using System.Buffers;

namespace Karez.Sys;

/// <summary>A block of pages, mapped until it is disposed. Not for use by two threads at once.</summary>
public sealed unsafe class PageBlock : IDisposable
{
    private byte* _start;

    private PageBlock(byte* start, int size)
    {
        _start = start;
        Size = size;
    }

    /// <summary>Octets in the block.</summary>
    public int Size { get; }

    /// <summary>The block's octets.</summary>
    public Span<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(_start is null, this);
            return new Span<byte>(_start, Size);
        }
    }

    /// <summary>Maps a block of zeroes.</summary>
    /// <exception cref="InsufficientMemoryException">The system has no pages or no mappings left.</exception>
    public static PageBlock Map(int size)
    {
        var start = Pages.Map(size);
        return start is null ? throw new InsufficientMemoryException() : new PageBlock(start, size);
    }

    /// <summary>Where an octet lies; pages never move, so nothing needs to be undone.</summary>
    public MemoryHandle Pin(int index)
    {
        ObjectDisposedException.ThrowIf(_start is null, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)index, (uint)Size);
        return new MemoryHandle(_start + index);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_start is not null) Pages.Unmap(_start, Size);
        _start = null;
    }
}
