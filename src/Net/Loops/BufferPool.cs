using Karez.Sys;
using Karez.Wire;

namespace Karez.Net.Loops;

/// <summary>A loop's buffers. Renting is for the loop's thread; giving back is for any.</summary>
public sealed class BufferPool
{
    private readonly EventLoop _loop;
    private readonly Shelf[] _shelves = [new(16 * 1024), new(68 * 1024), new(256 * 1024)];
    private readonly TrimEntry _trim;
    private int _outstanding;

    internal BufferPool(EventLoop loop)
    {
        _loop = loop;
        _trim = new TrimEntry(this);
    }

    /// <summary>Buffers lent and not given back. A snapshot; from any thread.</summary>
    public int Outstanding => Volatile.Read(ref _outstanding);

    /// <summary>Octets kept for the next renter. A snapshot; from any thread.</summary>
    public long Cached => _shelves.Sum(s => (long)Volatile.Read(ref s.Cached) * s.Octets);

    /// <summary>The octets of a size.</summary>
    public static int OctetsOf(BufferSize size) => size switch
    {
        BufferSize.Small => 16 * 1024,
        BufferSize.Records => 68 * 1024,
        _ => 256 * 1024,
    };

    /// <summary>Lends a buffer; its octets are whatever the last renter left.</summary>
    /// <exception cref="InsufficientMemoryException">The system has none.</exception>
    public Rented Rent(BufferSize size)
    {
        _loop.CheckThread();
        var shelf = _shelves[(int)size];
        if (shelf.Blocks.TryPop(out var block)) shelf.Unused = Math.Min(shelf.Unused, --shelf.Cached);
        else block = PageBlock.Map(shelf.Octets);
        Interlocked.Increment(ref _outstanding);
        return new Rented(this, block, size);
    }

    internal void Return(PageBlock block, BufferSize size)
    {
        Interlocked.Decrement(ref _outstanding);
        if (_loop.IsCurrent) Keep(block, size);
        else block.Dispose();
    }

    internal void Clear()
    {
        foreach (var shelf in _shelves) shelf.Drop(shelf.Blocks.Count);
    }

    private void Keep(PageBlock block, BufferSize size)
    {
        var shelf = _shelves[(int)size];
        if ((shelf.Cached + 1L) * shelf.Octets > MaxCachedOctets)
        {
            block.Dispose();
            return;
        }

        shelf.Blocks.Push(block);
        shelf.Cached++;
        if (!_trim.IsScheduled) _loop.Timers.Schedule(_trim, _loop.Now + s_trimInterval);
    }

    /// <summary>Unmaps what lay on the shelves for the whole last interval.</summary>
    private void Trim(Instant now)
    {
        var kept = 0;
        foreach (var shelf in _shelves)
        {
            shelf.Drop(shelf.Unused);
            shelf.Unused = shelf.Cached;
            kept += shelf.Cached;
        }

        if (kept > 0) _loop.Timers.Schedule(_trim, now + s_trimInterval);
    }

    private sealed class Shelf(int octets)
    {
        internal readonly Stack<PageBlock> Blocks = new();
        internal readonly int Octets = octets;
        internal int Cached;

        /// <summary>The fewest blocks that lay here since the last trim.</summary>
        internal int Unused;

        internal void Drop(int count)
        {
            for (; count > 0 && Blocks.TryPop(out var block); count--)
            {
                block.Dispose();
                Cached--;
            }
        }
    }

    private sealed class TrimEntry(BufferPool pool) : TimerEntry
    {
        protected internal override void OnTime(Instant now) => pool.Trim(now);
    }

    private static readonly TimeSpan s_trimInterval = TimeSpan.FromSeconds(1);
    private const long MaxCachedOctets = 4 * 1024 * 1024; // per size and loop; our choice
}
