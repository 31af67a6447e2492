using Karez.Lab.Findings;

namespace Karez.Lab.Population;

/// <summary>The captured sessions of a group, and what stood before the first of them.</summary>
/// <param name="Group">The tool, or <c>browser</c>.</param>
/// <param name="Sessions">The sessions.</param>
/// <param name="Standing">
/// Flows that began before any session and carry all of them, as a tunnel's one association does: they begin anew each
/// simulated day, and their octets are shared out among the sessions.
/// </param>
internal sealed record SessionPool(
    string Group, IReadOnlyList<PooledSession> Sessions, IReadOnlyList<PooledSession> Standing)
{
    /// <summary>Minutes of captured sessions.</summary>
    public double Minutes => Sessions.Sum(session => session.Seconds) / 60;

    /// <summary>The pool of a group; null when nothing of it was captured.</summary>
    /// <param name="traffic">The run.</param>
    /// <param name="group">The group.</param>
    /// <param name="half">0 or 1 for every other session; null for all.</param>
    public static SessionPool? Of(RunTraffic traffic, string group, int? half)
    {
        var flows = traffic.Flows.Where(flow => traffic.GroupOf(flow.Record.Subscriber) == group).ToList();
        var bySession = flows.Where(flow => flow.Session >= 0).ToLookup(flow => flow.Session);
        var own = traffic.Manifest.Sessions.Select((session, i) => (session, i))
            .Where(each => traffic.GroupOf(each.session.Subscriber) == group)
            .Where((_, place) => half is null || place % 2 == half).ToList();
        if (own.Count == 0)
            return null;
        var standing = flows.Where(flow => flow.Session < 0).GroupBy(flow => flow.Record.Subscriber).ToList();
        var count = traffic.Manifest.Sessions.CountBy(session => session.Subscriber).ToDictionary();
        return new SessionPool(
            group,
            [.. own.Select(each => PooledSession.Of(each.i, traffic, [.. bySession[each.i]]))],
            [
                .. standing.Select(person => new PooledSession(
                    -1, "", 0,
                    [
                        .. person.Where(flow => !flow.IsQuestion).Select(flow => new PooledRow(
                            flow.Record, 1, flow.Record.Octets / Math.Max(1, count.GetValueOrDefault(person.Key)))),
                    ],
                    PooledHit.Of(person))),
            ]);
    }
}
