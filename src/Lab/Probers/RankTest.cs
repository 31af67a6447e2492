namespace Karez.Lab.Probers;

/// <summary>Whether one sample tends to be larger than another (Mann and Whitney 1947).</summary>
public static class RankTest
{
    /// <summary>The middle value.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? double.NaN : sorted[sorted.Count / 2];
    }

    /// <summary>The two-sided p by the normal approximation, corrected for ties; for 8 values and more.</summary>
    public static double P(IReadOnlyList<double> one, IReadOnlyList<double> other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        var all = one.Select(v => (Value: v, Mine: true)).Concat(other.Select(v => (Value: v, Mine: false)))
            .OrderBy(v => v.Value).ToList();
        var (ranks, ties) = (0.0, 0.0);
        for (var at = 0; at < all.Count;)
        {
            var end = at;
            while (end < all.Count && all[end].Value.Equals(all[at].Value))
                end++;
            double count = end - at;
            ranks += all.Skip(at).Take(end - at).Count(v => v.Mine) * ((at + 1 + end) / 2.0);
            ties += (count * count * count) - count;
            at = end;
        }

        double n = one.Count, m = other.Count, total = n + m;
        var u = ranks - (n * (n + 1) / 2);
        var variance = n * m / 12 * (total + 1 - (ties / (total * (total - 1))));
        if (n == 0 || m == 0 || variance <= 0)
            return 1;
        var z = (Math.Abs(u - (n * m / 2)) - 0.5) / Math.Sqrt(variance);
        return z <= 0 ? 1 : Math.Min(1, 2 * UpperTail(z));
    }

    /// <summary>The normal distribution's upper tail (Abramowitz and Stegun 26.2.17; error below 7.5e-8).</summary>
    private static double UpperTail(double z)
    {
        var t = 1 / (1 + (0.2316419 * z));
        var polynomial = t * (0.319381530 + (t * (-0.356563782 + (t * (1.781477937 + (t * (-1.821255978 +
            (t * 1.330274429))))))));
        return Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI) * polynomial;
    }
}
