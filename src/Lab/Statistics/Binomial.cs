namespace Karez.Lab.Statistics;

/// <summary>Rates that were counted: tails of the binomial distribution, and the exact interval of a rate.</summary>
public static class Binomial
{
    private const double Alpha = 0.05;

    /// <summary>The chance of at least so many hits.</summary>
    /// <param name="hits">How many, 0 to <paramref name="trials"/>.</param>
    /// <param name="trials">In how many trials.</param>
    /// <param name="rate">The chance of each.</param>
    public static double AtLeast(long hits, long trials, double rate)
    {
        Check(hits, trials);
        if (hits <= 0 || rate >= 1)
            return 1;
        return rate <= 0 ? 0 : Beta(rate, hits, trials - hits + 1);
    }

    /// <summary>The chance of at most so many hits.</summary>
    public static double AtMost(long hits, long trials, double rate) =>
        hits >= trials ? 1 : 1 - AtLeast(hits + 1, trials, rate);

    /// <summary>The 95 % interval of a rate (Clopper and Pearson, 1934); 0 to 1 without a trial.</summary>
    public static (double Low, double High) Interval(long hits, long trials)
    {
        Check(hits, trials);
        if (trials == 0)
            return (0, 1);
        var low = hits == 0 ? 0 : Solve(rate => AtLeast(hits, trials, rate) >= Alpha / 2);
        var high = hits == trials ? 1 : Solve(rate => AtMost(hits, trials, rate) < Alpha / 2);
        return (low, high);
    }

    private static void Check(long hits, long trials)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(hits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(hits, trials);
    }

    /// <summary>The least rate for which something holds that holds for all greater ones.</summary>
    private static double Solve(Func<double, bool> holds)
    {
        var (low, high) = (0.0, 1.0);
        for (var i = 0; i < 60; i++)
        {
            var middle = (low + high) / 2;
            if (holds(middle))
                high = middle;
            else
                low = middle;
        }

        return high;
    }

    /// <summary>The regularized incomplete beta function, by its continued fraction (Lentz).</summary>
    private static double Beta(double x, double a, double b)
    {
        if (x > (a + 1) / (a + b + 2))
            return 1 - Beta(1 - x, b, a);
        const double Tiny = 1e-300;
        var front = Math.Exp(
            LogGamma(a + b) - LogGamma(a) - LogGamma(b) + (a * Math.Log(x)) + (b * Math.Log(1 - x))) / a;
        double f = 1, c = 1, d = 0;
        for (var i = 0; i <= 10_000; i++)
        {
            var m = i / 2;
            var term = i == 0 ? 1
                : i % 2 == 0 ? m * (b - m) * x / ((a + (2 * m) - 1) * (a + (2 * m)))
                : -(a + m) * (a + b + m) * x / ((a + (2 * m)) * (a + (2 * m) + 1));
            d = 1 + (term * d);
            d = 1 / (Math.Abs(d) < Tiny ? Tiny : d);
            c = 1 + (term / c);
            c = Math.Abs(c) < Tiny ? Tiny : c;
            f *= c * d;
            if (i > 0 && Math.Abs(1 - (c * d)) < 1e-14)
                break;
        }

        return Math.Clamp(front * (f - 1), 0, 1);
    }

    /// <summary>The logarithm of the gamma function (Stirling's series, after moving the argument up).</summary>
    private static double LogGamma(double x)
    {
        double shift = 0;
        for (; x < 12; x++)
            shift -= Math.Log(x);
        var y = 1 / (x * x);
        return shift + ((x - 0.5) * Math.Log(x)) - x + (0.5 * Math.Log(2 * Math.PI))
            + (((((y / 1188) - (1 / 1680.0)) * y) + (1 / 1260.0)) * y - (1 / 360.0)) * y / x
            + (1 / (12 * x));
    }
}
