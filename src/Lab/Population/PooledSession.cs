using Karez.Lab.Findings;

namespace Karez.Lab.Population;

/// <summary>A captured session, from which simulated days are put together.</summary>
/// <param name="Index">Its place in the manifest.</param>
/// <param name="What">The page that was visited: a twin's session of the same page stands beside it.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Rows">Its flows, put together by server.</param>
/// <param name="Hits">What detectors found in it.</param>
internal sealed record PooledSession(
    int Index, string What, double Seconds, IReadOnlyList<PooledRow> Rows, IReadOnlyList<PooledHit> Hits)
{
    /// <summary>A session of a run, with its flows.</summary>
    public static PooledSession Of(int index, RunTraffic traffic, IReadOnlyList<SeenFlow> flows)
    {
        var session = traffic.Manifest.Sessions[index];
        return new PooledSession(
            index, session.What, session.Ends - session.Begins,
            [
                .. flows.Where(flow => !flow.IsQuestion).GroupBy(flow => flow.Record.Flow.Server)
                    .Select(server => new PooledRow(
                        server.First().Record, server.Count(), server.Sum(flow => flow.Record.Octets))),
            ],
            PooledHit.Of(flows));
    }
}
