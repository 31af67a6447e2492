using Karez.Lab.Findings;

namespace Karez.Lab.Population;

/// <summary>A detector's hits in a session.</summary>
/// <param name="Rule">The detector.</param>
/// <param name="Server">At which server.</param>
/// <param name="Count">In how many flows.</param>
internal readonly record struct PooledHit(string Rule, string Server, int Count)
{
    /// <summary>The hits in some flows.</summary>
    public static IReadOnlyList<PooledHit> Of(IEnumerable<SeenFlow> flows) =>
    [
        .. from flow in flows
           from found in flow.Evidence
           group flow by (found.Detector.Name, flow.Record.Flow.Server) into hits
           select new PooledHit(hits.Key.Name, hits.Key.Server.ToString(), hits.Count()),
    ];
}
