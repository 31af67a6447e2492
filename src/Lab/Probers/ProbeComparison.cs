namespace Karez.Lab.Probers;

/// <summary>Probes node and cover alternately, and says where they differ.</summary>
public sealed class ProbeComparison(Prober prober, ProbeTarget node, ProbeTarget cover, string tool)
{
    /// <summary>Makes each probe at both.</summary>
    /// <param name="probe">The probe against the node.</param>
    /// <param name="visits">How often.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<ProbeFinding> CompareAsync(Probe probe, int visits, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(probe);
        var (ours, theirs) = (new List<string>(), new List<string>());
        for (var i = 0; i < visits; i++)
        {
            ours.Add((await prober.VisitAsync(node, probe, cancellationToken)).Shape);
            theirs.Add((await prober.VisitAsync(cover, probe, cancellationToken)).Shape);
        }

        return new ProbeFinding(
            tool, probe.Technique, probe.Name, Count(ours), Count(theirs), visits, Differ(ours, theirs));
    }

    /// <summary>Compares the time to the first octet of the answer.</summary>
    public async Task<ProbeTiming> TimeAsync(Probe probe, int visits, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(probe);
        var (ours, theirs) = (new List<double>(), new List<double>());
        for (var i = 0; i < visits; i++)
        {
            ours.Add((await prober.VisitAsync(node, probe, cancellationToken)).FirstMs ?? double.PositiveInfinity);
            theirs.Add((await prober.VisitAsync(cover, probe, cancellationToken)).FirstMs ?? double.PositiveInfinity);
        }

        return new ProbeTiming(
            tool, probe.Name, visits, Answered(ours), Answered(theirs), RankTest.P(ours, theirs));
    }

    private static double? Answered(List<double> times) =>
        RankTest.Median(times) is var median && double.IsFinite(median) ? median : null;

    /// <summary>
    /// Where answers vary from visit to visit, only having none in common is a difference. A visit that did not get
    /// there says nothing, unless one of the two is never reached.
    /// </summary>
    internal static bool Differ(IReadOnlyList<string> ours, IReadOnlyList<string> theirs)
    {
        var (node, cover) = (ours.Where(Reaction.IsReached).ToList(), theirs.Where(Reaction.IsReached).ToList());
        return node.Count + cover.Count > 0 && !node.Intersect(cover, StringComparer.Ordinal).Any();
    }

    private static SortedDictionary<string, int> Count(List<string> shapes)
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var shape in shapes)
            counts[shape] = counts.GetValueOrDefault(shape) + 1;
        return counts;
    }
}
