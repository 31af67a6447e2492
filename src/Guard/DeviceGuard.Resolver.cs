using Karez.Guard.Undo;
using Karez.Guard.Watch;

namespace Karez.Guard;

/// <content>Who is asked for names.</content>
public sealed partial class DeviceGuard
{
    // Our limits on quarrels with another program about the file.
    private const int MostRewrites = 20;
    private static readonly TimeSpan Quarrel = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Calm = TimeSpan.FromMilliseconds(200);

    private Change? _resolver;
    private FileWatch? _resolverWatch;
    private ITimer? _rewriting;
    private DateTimeOffset _quarrelBegan;
    private int _rewrites;

    private void BeginResolver()
    {
        if (IsResolvedsOwn(_plan.ResolverPath) && ResolvedTold.IsThere)
        {
            _resolver = new ResolvedTold(_plan.Switch.Device, _plan.NameServer.ToString());
            TellResolver();
            return;
        }

        ReplaceFile();
        _rewriting = _time.CreateTimer(_ => Rewrite(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        WatchFile();
    }

    private void EndResolver()
    {
        _rewriting?.Dispose();
        _resolverWatch?.Dispose();
        _resolverWatch = null;
        if (_resolver is ResolvedTold told && told.Undo(_net) is { } wrong)
            Noted?.Invoke(wrong);
    }

    /// <summary>Whether programs ask systemd-resolved: by its link, or by its address.</summary>
    private static bool IsResolvedsOwn(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget?.Contains("systemd/resolve", StringComparison.Ordinal) == true
                || File.ReadLines(path).Any(line => line.StartsWith("nameserver 127.0.0.53", StringComparison.Ordinal));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void ReplaceFile()
    {
        var path = _plan.ResolverPath;
        var lines = File.Exists(path) ? File.ReadAllLines(path) : [];
        // After ours the machine's own: port 53 leads to us whoever is asked, and after a boot that nothing undid,
        // names are still found. While it runs, they are read again for names that go direct.
        var others = lines.Where(line => line.StartsWith("nameserver ", StringComparison.Ordinal)).Take(3);
        var text = string.Join('\n', [
            ResolverReplaced.Ours,
            "# What was here is in the journal of its state folder; karez disconnect brings it back.",
            $"nameserver {_plan.NameServer}",
            .. others,
            "options timeout:1 edns0",
            "",
        ]);
        _resolver = ResolverReplaced.Of(path, text);
        TellResolver();
    }

    /// <summary>Names are answered by us in any case, as port 53 leads here: what goes wrong is only told.</summary>
    private void TellResolver()
    {
        _journal.Write(_resolver!); // set by both callers
        if (_resolver!.Do(_net) is { } wrong)
            Noted?.Invoke($"the resolver stays as it was: {wrong}");
    }

    private void WatchFile()
    {
        try
        {
            _resolverWatch = new FileWatch(
                _plan.ResolverPath, () => _rewriting?.Change(Calm, Timeout.InfiniteTimeSpan));
        }
        catch (Exception e) when (e is IOException or ArgumentException)
        {
            Noted?.Invoke($"{_plan.ResolverPath} cannot be watched: {e.Message}");
        }
    }

    /// <summary>Another program has written the file: what it wrote is what will be brought back.</summary>
    private void Rewrite()
    {
        lock (_lock)
        {
            if (_disposed || _resolver is not ResolverReplaced || _machine.State == Switch.SwitchState.Paused
                || ResolverReplaced.IsOurs(_plan.ResolverPath))
                return;
            var now = _time.GetUtcNow();
            if (now - _quarrelBegan > Quarrel)
                (_quarrelBegan, _rewrites) = (now, 0);
            if (++_rewrites > MostRewrites)
            {
                if (_rewrites == MostRewrites + 1)
                    Noted?.Invoke($"another program keeps writing {_plan.ResolverPath}; karez answers names still");
                return;
            }

            try
            {
                ReplaceFile();
                Noted?.Invoke($"another program has written {_plan.ResolverPath}; it is ours again");
                ResolversChanged?.Invoke();
            }
            catch (Exception e) when (e is GuardException or IOException or UnauthorizedAccessException)
            {
                Noted?.Invoke($"{_plan.ResolverPath}: {e.Message}");
            }
        }
    }
}
