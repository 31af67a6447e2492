using Karez.Observe.Flows;

namespace Karez.Lab.Detectors;

/// <summary>T17: more request-response pairs than flows have.</summary>
/// <param name="limit">What 97 % of a browser's flows stay below; null where none are at hand.</param>
internal sealed class Multiplexing(int? limit = null) : IDetector
{
    private readonly int _limit = limit ?? Constants.MuxPairs.Value;

    public DetectorInfo Info { get; } = new(
        "t17-mux", "T17",
        "more request-response pairs in one flow than 97 % of flows have",
        "several connections of moderate life instead of one for everything",
        "3 % of flows by its definition; long pages over one connection",
        limit is null ? [Constants.MuxPercentile, Constants.MuxPairs] : [Constants.MuxPercentile]);

    public void Ended(Flow flow, int subscriber, Surroundings around, ICollection<Evidence> evidence)
    {
        var pairs = flow.BurstCount / 2;
        if (flow.Tls?.Hello is not null && pairs > _limit)
            evidence.Add(new Evidence(Info, flow.Key, subscriber, flow.LastSeen, $"{pairs} pairs, more than {_limit}"));
    }

    /// <summary>The limit that a browser's flows give.</summary>
    public static int LimitOf(IEnumerable<long> bursts)
    {
        var sorted = bursts.Select(count => count / 2).Order().ToList();
        return sorted.Count == 0
            ? Constants.MuxPairs.Value
            : (int)sorted[(int)Math.Ceiling(Constants.MuxPercentile.Value * sorted.Count) - 1];
    }
}
