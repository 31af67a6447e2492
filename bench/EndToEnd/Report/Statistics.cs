namespace Karez.EndToEnd.Report;

/// <summary>Medians, and the interval of a median by the sign test.</summary>
internal static class Statistics
{
    /// <summary>The median of sorted values; null of none.</summary>
    public static double? Median(IReadOnlyList<double> sorted) => sorted.Count == 0
        ? null
        : (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;

    /// <summary>
    /// The narrowest pair of order statistics that covers the median with at least 93 %; with fewer than five values
    /// the least and the most, which cover less.
    /// </summary>
    public static (double Low, double High)? Interval(IReadOnlyList<double> sorted)
    {
        if (sorted.Count == 0)
            return null;
        var skip = 0;
        while (skip + 1 < (sorted.Count + 1) / 2 && Coverage(sorted.Count, skip + 1) >= 0.93)
            skip++;
        return (sorted[skip], sorted[^(skip + 1)]);
    }

    /// <summary>Compares a tool with karez, round by round.</summary>
    public static Sample Paired(IReadOnlyList<double?> values, IReadOnlyList<double?>? karez)
    {
        if (karez is null)
            return new Sample(values, null, null, null);
        var ratios = values.Zip(karez).Where(pair => pair is { First: not null, Second: > 0 })
            .Select(pair => pair.First!.Value / pair.Second!.Value).Order().ToList(); // Both were asked for.
        var interval = Interval(ratios);
        return new Sample(values, Median(ratios), interval?.Low, interval?.High);
    }

    private static double Coverage(int n, int skip)
    {
        double sum = 0, term = Math.Pow(0.5, n);
        for (var k = 0; k < skip; k++)
        {
            sum += term;
            term *= (double)(n - k) / (k + 1);
        }

        return 1 - (2 * sum);
    }
}
