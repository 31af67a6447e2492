using Karez.Wire;

namespace Karez.Net.Loops;

/// <summary>
/// Gives memory back when a burst is over. Handshakes leave garbage that nobody collects while nothing more is
/// allocated: when a process that has allocated much becomes quiet, one compacting collection frees it.
/// </summary>
/// <remarks>
/// It looks every five seconds. Quiet is less than <see cref="QuietOctets"/> since the last look; much is more than
/// <see cref="WorthOctets"/> since the last collection. A quiet process is one whose flows do not notice the pause.
/// </remarks>
public sealed class IdleCollector
{
    private readonly EventLoop _loop;
    private readonly LookEntry _look;
    private long _seen;
    private long _collectedAt;

    private IdleCollector(EventLoop loop)
    {
        _loop = loop;
        _look = new LookEntry(this);
        _seen = _collectedAt = GC.GetTotalAllocatedBytes();
    }

    /// <summary>Collections asked for so far.</summary>
    public int Collections { get; private set; }

    /// <summary>Begins to look, on a loop and until it ends. One for a process is enough. From any thread.</summary>
    public static IdleCollector Start(EventLoop loop)
    {
        ArgumentNullException.ThrowIfNull(loop);
        var collector = new IdleCollector(loop);
        loop.Post(() => collector.LookLater(loop.Now));
        return collector;
    }

    private void LookLater(Instant now) => _loop.Timers.Schedule(_look, now + s_interval);

    private void Look(Instant now)
    {
        var allocated = GC.GetTotalAllocatedBytes();
        var fresh = allocated - _seen;
        _seen = allocated;
        if (fresh < QuietOctets && allocated - _collectedAt > WorthOctets)
        {
            ProcessMemory.Compact();
            _collectedAt = _seen = GC.GetTotalAllocatedBytes();
            Collections++;
        }

        LookLater(now);
    }

    private sealed class LookEntry(IdleCollector collector) : TimerEntry
    {
        protected internal override void OnTime(Instant now) => collector.Look(now);
    }

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);

    /// <summary>Octets allocated between two looks that count as quiet; our choice: two handshakes.</summary>
    public const long QuietOctets = 256 * 1024;

    /// <summary>Octets allocated since the last collection that are worth another; our choice.</summary>
    public const long WorthOctets = 2 * 1024 * 1024;
}
