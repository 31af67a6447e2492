using Karez.Sys.Netlink;

namespace Karez.Guard.Watch;

/// <summary>Says at once when any rules of nftables were removed, at most ten times a second.</summary>
public sealed class TableWatch : IDisposable
{
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(100);

    private readonly NftablesMonitor _monitor;
    private readonly Action _removed;
    private readonly Thread _thread;
    private volatile bool _stopping;

    private TableWatch(NftablesMonitor monitor, Action removed)
    {
        (_monitor, _removed) = (monitor, removed);
        _thread = new Thread(Run) { IsBackground = true, Name = "tables" };
        _thread.Start();
    }

    /// <summary>Begins to watch the namespace that the calling thread is in.</summary>
    /// <param name="removed">Called on the watch's own thread; may be called for what was not ours.</param>
    /// <returns>Null where the kernel does not tell.</returns>
    public static TableWatch? TryStart(Action removed) =>
        NftablesMonitor.Open(Settle, out var monitor) >= 0 && monitor is not null
            ? new TableWatch(monitor, removed)
            : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
        _monitor.Dispose();
    }

    private void Run()
    {
        while (!_stopping)
        {
            if (_monitor.Wait(out var removed) < 0)
                return; // Somebody looks from time to time as well.
            if (!removed)
                continue;
            _removed();
            Thread.Sleep(Settle);
        }
    }
}
