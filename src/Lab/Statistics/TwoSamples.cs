namespace Karez.Lab.Statistics;

/// <summary>Whether two samples come from one distribution.</summary>
public static class TwoSamples
{
    /// <summary>
    /// The test of Mann and Whitney, with its correction for ties, by the normal approximation; and Cliff's delta as
    /// the effect: -1 to 1, 0 for none, positive where the first sample's values are the greater ones.
    /// </summary>
    public static (double Effect, double P) MannWhitney(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        double n = first.Count, m = second.Count;
        if (n == 0 || m == 0)
            return (0, 1);
        var all = first.Select(value => (Value: value, First: true))
            .Concat(second.Select(value => (Value: value, First: false)))
            .OrderBy(entry => entry.Value).ToList();
        double ranks = 0, ties = 0;
        for (var start = 0; start < all.Count;)
        {
            var end = start;
            while (end < all.Count && all[end].Value == all[start].Value)
                end++;
            double count = end - start;
            ranks += all.Skip(start).Take(end - start).Count(entry => entry.First) * (start + end + 1) / 2.0;
            ties += (count * count * count) - count;
            start = end;
        }

        var u = ranks - (n * (n + 1) / 2);
        var effect = (2 * u / (n * m)) - 1;
        var total = n + m;
        var deviation = Math.Sqrt(n * m / 12 * (total + 1 - (ties / (total * (total - 1)))));
        if (deviation is 0 or double.NaN)
            return (effect, 1);
        var z = Math.Max(0, Math.Abs(u - (n * m / 2)) - 0.5) / deviation;
        return (effect, Math.Min(1, 2 * UpperTail(z)));
    }

    /// <summary>
    /// The test of Kolmogorov and Smirnov, by its limit distribution: the largest distance, and its chance.
    /// </summary>
    public static (double Distance, double P) KolmogorovSmirnov(
        IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.Count == 0 || second.Count == 0)
            return (0, 1);
        var (a, b) = (first.Order().ToList(), second.Order().ToList());
        double distance = 0;
        for (int i = 0, j = 0; i < a.Count && j < b.Count;)
        {
            var value = Math.Min(a[i], b[j]);
            while (i < a.Count && a[i] <= value)
                i++;
            while (j < b.Count && b[j] <= value)
                j++;
            distance = Math.Max(distance, Math.Abs(((double)i / a.Count) - ((double)j / b.Count)));
        }

        var size = Math.Sqrt((double)a.Count * b.Count / (a.Count + b.Count));
        var lambda = (size + 0.12 + (0.11 / size)) * distance;
        double sum = 0;
        for (var k = 1; k <= 100; k++)
            sum += (k % 2 == 1 ? 1 : -1) * Math.Exp(-2.0 * k * k * lambda * lambda);
        return (distance, lambda < 0.2 ? 1 : Math.Clamp(2 * sum, 0, 1));
    }

    /// <summary>Chances corrected for how many were looked at (Holm, 1979), in the order given.</summary>
    public static IReadOnlyList<double> Holm(IReadOnlyList<double> chances)
    {
        ArgumentNullException.ThrowIfNull(chances);
        var corrected = new double[chances.Count];
        double largest = 0;
        var order = chances.Select((p, i) => (P: p, Index: i)).OrderBy(entry => entry.P).Select(entry => entry.Index);
        foreach (var (index, rank) in order.Select((index, rank) => (index, rank)))
        {
            largest = Math.Max(largest, Math.Min(1, chances[index] * (chances.Count - rank)));
            corrected[index] = largest;
        }

        return corrected;
    }

    /// <summary>
    /// The upper tail of the normal distribution (Abramowitz and Stegun 7.1.26 is too coarse: by fraction).
    /// </summary>
    internal static double UpperTail(double z)
    {
        if (z < 0)
            return 1 - UpperTail(-z);
        var density = Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI);
        if (z < 3)
        {
            double term = z, sum = z;
            for (var k = 1; k < 100; k++)
            {
                term *= z * z / ((2 * k) + 1);
                sum += term;
            }

            return Math.Max(0, 0.5 - (density * sum));
        }

        double fraction = 0;
        for (var k = 60; k > 0; k--)
            fraction = k / (z + fraction);
        return density / (z + fraction);
    }
}
