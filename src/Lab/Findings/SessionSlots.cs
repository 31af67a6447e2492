using Karez.Lab.Running;

namespace Karez.Lab.Findings;

/// <summary>Which session a flow belongs to: the last that its subscriber had begun.</summary>
internal sealed class SessionSlots
{
    private readonly Dictionary<int, (long[] Begins, int[] Index)> _of = [];

    public SessionSlots(RunManifest manifest)
    {
        var start = (manifest.Started - DateTimeOffset.UnixEpoch).Ticks * 100;
        var sessions = manifest.Sessions.Select((session, i) => (session.Subscriber, session.Begins, Index: i));
        foreach (var own in sessions.GroupBy(session => session.Subscriber))
        {
            var sorted = own.OrderBy(session => session.Begins).ToList();
            _of[own.Key] = (
                [.. sorted.Select(session => start + (long)(session.Begins * 1e9))],
                [.. sorted.Select(session => session.Index)]);
        }
    }

    /// <summary>The session's index in the manifest; -1 before the first.</summary>
    public int At(int subscriber, long nanoseconds)
    {
        if (!_of.TryGetValue(subscriber, out var own))
            return -1;
        var at = Array.BinarySearch(own.Begins, nanoseconds);
        at = at >= 0 ? at : ~at - 1;
        return at >= 0 ? own.Index[at] : -1;
    }
}
