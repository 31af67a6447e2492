namespace Karez.Tests;

/// <summary>Pearson's chi-square test.</summary>
internal static class ChiSquare
{
    /// <summary>Probability of counts at least this uneven if every cell is equally likely.</summary>
    public static double Even(IReadOnlyList<int> counts)
    {
        var expected = counts.Sum() / (double)counts.Count;
        var statistic = counts.Sum(count => (count - expected) * (count - expected) / expected);
        return Survival(statistic, counts.Count - 1);
    }

    /// <summary>Probability of two rows at least this different if both were drawn from one distribution.</summary>
    public static double SameSource(IReadOnlyList<int> first, IReadOnlyList<int> second)
    {
        double firstTotal = first.Sum(), secondTotal = second.Sum(), total = firstTotal + secondTotal;
        var statistic = 0.0;
        var cells = 0;
        for (var i = 0; i < first.Count; i++)
        {
            double both = first[i] + second[i];
            if (both == 0)
                continue;
            cells++;
            statistic += Square(first[i] - (both * firstTotal / total)) / (both * firstTotal / total);
            statistic += Square(second[i] - (both * secondTotal / total)) / (both * secondTotal / total);
        }

        return cells < 2 ? 1 : Survival(statistic, cells - 1);
    }

    /// <summary>P(X >= statistic) of the chi-square distribution: the upper incomplete gamma function.</summary>
    public static double Survival(double statistic, int degrees)
    {
        double a = degrees / 2.0, x = statistic / 2;
        if (x <= 0)
            return 1;
        var front = Math.Exp((a * Math.Log(x)) - x - LogGamma(a));
        return x < a + 1 ? 1 - (front * Series(a, x)) : front * Fraction(a, x);
    }

    private static double Square(double value) => value * value;

    private static double Series(double a, double x)
    {
        double term = 1 / a, sum = term;
        for (var n = 1; n < 10_000 && term > sum * 1e-15; n++)
        {
            term *= x / (a + n);
            sum += term;
        }

        return sum;
    }

    // Lentz's continued fraction.
    private static double Fraction(double a, double x)
    {
        const double Tiny = 1e-300;
        double b = x + 1 - a, c = 1 / Tiny, d = 1 / b, h = d;
        for (var n = 1; n < 10_000; n++)
        {
            var an = -n * (n - a);
            b += 2;
            d = 1 / NotZero((an * d) + b);
            c = NotZero(b + (an / c));
            h *= c * d;
            if (Math.Abs((c * d) - 1) < 1e-15)
                break;
        }

        return h;

        static double NotZero(double value) => Math.Abs(value) < Tiny ? Tiny : value;
    }

    // Degrees are whole, so the argument is a whole or half number.
    private static double LogGamma(double a)
    {
        var (start, value) = a % 1 == 0 ? (1.0, 0.0) : (0.5, Math.Log(Math.PI) / 2);
        for (; start < a; start++)
            value += Math.Log(start);
        return value;
    }
}
