using Karez.Sys;
using Karez.Wire;

namespace Karez.Net.Loops;

/// <summary>
/// Gives memory back when a burst is over. Handshakes leave garbage that nobody collects while nothing more is
/// allocated: when a process that has allocated much becomes quiet, one compacting collection frees it, and the code
/// that the burst alone needed goes back to the page cache.
/// </summary>
/// <remarks>
/// It looks every five seconds. Quiet is less than <see cref="QuietOctets"/> since the last look; much is more than
/// <see cref="WorthOctets"/> since the last collection, or <see cref="WorthConnections"/> connections fewer than
/// then. A quiet process is one whose flows do not notice the pause. Where that is not worth a collection, pages of
/// files alone are given back when more than <see cref="WorthPages"/> came back since the last time, once a minute at
/// most.
/// </remarks>
public sealed class IdleCollector
{
    private readonly LoopGroup _loops;
    private readonly EventLoop _loop;
    private readonly LookEntry _look;
    private long _seen;
    private long _collectedAt;
    private int _most;
    private Instant _pagesFrom;

    private IdleCollector(LoopGroup loops)
    {
        _loops = loops;
        _loop = loops.Loops[0];
        _look = new LookEntry(this);
        _seen = _collectedAt = GC.GetTotalAllocatedBytes();
    }

    /// <summary>Collections asked for so far.</summary>
    public int Collections { get; private set; }

    /// <summary>Begins to look, until the loops end. One for a process is enough. From any thread.</summary>
    public static IdleCollector Start(LoopGroup loops)
    {
        ArgumentNullException.ThrowIfNull(loops);
        var collector = new IdleCollector(loops);
        collector._loop.Post(() => collector.LookLater(collector._loop.Now));
        return collector;
    }

    private void LookLater(Instant now) => _loop.Timers.Schedule(_look, now + s_interval);

    private void Look(Instant now)
    {
        var allocated = GC.GetTotalAllocatedBytes();
        var fresh = allocated - _seen;
        _seen = allocated;
        var watched = _loops.Watched;
        _most = Math.Max(_most, watched);
        var isWorthIt = allocated - _collectedAt > WorthOctets || _most - watched > WorthConnections;
        if (fresh < QuietOctets)
        {
            if (isWorthIt)
            {
                ProcessMemory.Rest();
                _collectedAt = GC.GetTotalAllocatedBytes();
                _most = watched;
                Collections++;
            }
            else if (now >= _pagesFrom && CleanPages.CameBack > WorthPages)
            {
                CleanPages.LetGo();
                _pagesFrom = now + s_pagesInterval;
            }

            _seen = GC.GetTotalAllocatedBytes();
        }

        LookLater(now);
    }

    private sealed class LookEntry(IdleCollector collector) : TimerEntry
    {
        protected internal override void OnTime(Instant now) => collector.Look(now);
    }

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);

    // What an idle process needs every few seconds comes back at once, and to let go of it costs it 20 ms.
    private static readonly TimeSpan s_pagesInterval = TimeSpan.FromMinutes(1);

    /// <summary>Octets allocated between two looks that count as quiet; our choice: two handshakes.</summary>
    public const long QuietOctets = 256 * 1024;

    /// <summary>Connections that ended since then that are worth another; our choice: 2 MB of heap.</summary>
    public const int WorthConnections = 256;

    /// <summary>Octets of files that came back and are worth another reading of smaps; our choice.</summary>
    public const long WorthPages = 4 * 1024 * 1024;

    /// <summary>Octets allocated since the last collection that are worth another; our choice.</summary>
    public const long WorthOctets = 2 * 1024 * 1024;
}
