namespace Karez.Probes.Compare;

/// <summary>Tests whether two samples come from one source.</summary>
public static class TwoSamples
{
    /// <summary>
    /// Two-sided p of the Mann-Whitney U test by its normal approximation with ties corrected and continuity; good
    /// from about 20 values a side.
    /// </summary>
    public static double MannWhitney(IReadOnlyList<double> a, IReadOnlyList<double> b)
    {
        double n = a.Count, m = b.Count, all = n + m;
        if (n == 0 || m == 0)
            return n == m ? 1 : 0;
        var sorted = a.Select(v => (Value: v, First: true)).Concat(b.Select(v => (Value: v, First: false)))
            .OrderBy(p => p.Value).ToArray();
        double rankSum = 0, ties = 0;
        for (var i = 0; i < sorted.Length;)
        {
            var j = i;
            while (j < sorted.Length && sorted[j].Value == sorted[i].Value)
                j++;
            double size = j - i, rank = (i + 1 + j) / 2.0;
            ties += size * size * size - size;
            rankSum += rank * sorted[i..j].Count(p => p.First);
            i = j;
        }

        var u = rankSum - n * (n + 1) / 2;
        var variance = n * m / 12 * (all + 1 - ties / (all * (all - 1)));
        if (variance <= 0)
            return 1;
        var z = Math.Max(0, Math.Abs(u - n * m / 2) - 0.5) / Math.Sqrt(variance);
        return Math.Min(1, ErrorComplement(z / Math.Sqrt(2)));
    }

    /// <summary>
    /// p that two samples of unordered answers come from one source: a permutation test on the sum of the differences
    /// in how often each answer fell on either side. Answers are given by number; seeded, so the same every time.
    /// </summary>
    public static double Permutation(IReadOnlyList<int> a, IReadOnlyList<int> b)
    {
        int[] all = [.. a, .. b];
        var kinds = all.Length == 0 ? 0 : all.Max() + 1;
        var seen = Distance(all, a.Count, kinds);
        if (seen == 0)
            return 1;
        var random = new Random(all.Length);
        var asFar = 0;
        for (var i = 0; i < Shuffles; i++)
        {
            random.Shuffle(all);
            if (Distance(all, a.Count, kinds) >= seen)
                asFar++;
        }

        return (asFar + 1.0) / (Shuffles + 1);
    }

    /// <summary>The value in the middle.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? double.NaN
            : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static int Distance(int[] all, int first, int kinds)
    {
        Span<int> surplus = stackalloc int[Math.Min(kinds, 128)];
        for (var i = 0; i < all.Length; i++)
            surplus[all[i] % surplus.Length] += i < first ? 1 : -1;
        var sum = 0;
        foreach (var s in surplus)
            sum += Math.Abs(s);
        return sum;
    }

    /// <summary>erfc for x >= 0, Abramowitz and Stegun 7.1.26; absolute error below 1.5e-7.</summary>
    private static double ErrorComplement(double x)
    {
        var t = 1 / (1 + 0.3275911 * x);
        var poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
        return poly * Math.Exp(-x * x);
    }

    private const int Shuffles = 50_000;
}
