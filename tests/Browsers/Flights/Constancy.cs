namespace Karez.Browsers.Flights;

/// <summary>How constant a length is in two samples, and whether ours is more so than the browser's.</summary>
/// <param name="Theirs">Share of the browser's flows that have its most common length.</param>
/// <param name="Ours">Share of our flows that have our most common length.</param>
/// <param name="P">One-sided p of Fisher's exact test of "ours is not more constant".</param>
internal readonly record struct Constancy(double Theirs, double Ours, double P)
{
    public static Constancy Of(IReadOnlyCollection<int> theirs, IReadOnlyCollection<int> ours)
    {
        var (their, our) = (Most(theirs), Most(ours));
        return new Constancy(
            (double)their / theirs.Count, (double)our / ours.Count, Fisher(our, ours.Count, their, theirs.Count));
    }

    /// <summary>P(at least <paramref name="hits"/> of the first sample) with all margins given.</summary>
    public static double Fisher(int hits, int of, int otherHits, int otherOf)
    {
        int marked = hits + otherHits, all = of + otherOf;
        var sum = 0.0;
        for (var k = hits; k <= Math.Min(of, marked); k++)
        {
            if (marked - k <= otherOf)
                sum += Math.Exp(Choose(of, k) + Choose(otherOf, marked - k) - Choose(all, marked));
        }

        return Math.Min(1, sum);
    }

    private static int Most(IEnumerable<int> lengths) => lengths.CountBy(length => length).Max(pair => pair.Value);

    private static double Choose(int n, int k)
    {
        var sum = 0.0;
        for (var i = 1; i <= k; i++)
            sum += Math.Log(n - k + i) - Math.Log(i);
        return sum;
    }
}
