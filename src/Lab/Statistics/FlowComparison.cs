namespace Karez.Lab.Statistics;

/// <summary>
/// Two sets of flows, compared feature by feature: a generic test of a tool against the browser, which knows nothing of
/// the tool.
/// </summary>
/// <param name="First">How many flows the first set has.</param>
/// <param name="Second">How many the second.</param>
/// <param name="Differences">The features, the worst first: by chance, then by distance.</param>
public sealed record FlowComparison(int First, int Second, IReadOnlyList<FeatureDifference> Differences)
{
    /// <summary>Fewer flows than this on either side, and nothing can be said.</summary>
    public const int Least = 8;

    /// <summary>The feature that gives most away; null when there are too few flows.</summary>
    public FeatureDifference? Worst => Math.Min(First, Second) < Least || Differences.Count == 0
        ? null
        : Differences[0];

    /// <summary>Compares.</summary>
    public static FlowComparison Of(
        IReadOnlyList<IReadOnlyDictionary<string, double>> first,
        IReadOnlyList<IReadOnlyDictionary<string, double>> second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        var names = first.Concat(second).SelectMany(flow => flow.Keys).Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal).ToList();
        var raw = names.Select(name =>
        {
            var a = first.Select(flow => flow.GetValueOrDefault(name)).ToList();
            var b = second.Select(flow => flow.GetValueOrDefault(name)).ToList();
            var (effect, p) = TwoSamples.MannWhitney(a, b);
            var (distance, q) = TwoSamples.KolmogorovSmirnov(a, b);
            return new FeatureDifference(name, effect, distance, Math.Min(1, 2 * Math.Min(p, q)));
        }).ToList();
        var corrected = TwoSamples.Holm([.. raw.Select(difference => difference.P)]);
        return new FlowComparison(first.Count, second.Count,
        [
            .. raw.Select((difference, i) => difference with { P = corrected[i] })
                .OrderBy(difference => difference.P).ThenByDescending(difference => difference.Distance)
                .ThenBy(difference => difference.Feature, StringComparer.Ordinal),
        ]);
    }
}
