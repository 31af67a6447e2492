namespace Karez.Lab.Statistics;

/// <summary>Times until something happens, some of which were cut off before it did (Kaplan and Meier, 1958).</summary>
public static class KaplanMeier
{
    /// <summary>A point of the curve, which falls in steps.</summary>
    /// <param name="Time">When.</param>
    /// <param name="Left">The share to whom it has not happened by then.</param>
    /// <param name="Low">The lower end of its 95 % interval (Greenwood, on the log-log scale).</param>
    /// <param name="High">The upper end.</param>
    public readonly record struct Point(double Time, double Left, double Low, double High);

    /// <summary>The curve; a step for each time at which it happened.</summary>
    /// <param name="times">For each unit the time, and whether it happened then or was only watched until then.</param>
    public static IReadOnlyList<Point> Of(IReadOnlyList<(double Time, bool Happened)> times)
    {
        ArgumentNullException.ThrowIfNull(times);
        var steps = new List<Point>();
        double left = 1, variance = 0;
        foreach (var moment in times.Where(unit => unit.Happened).GroupBy(unit => unit.Time).OrderBy(g => g.Key))
        {
            double atRisk = times.Count(unit => unit.Time >= moment.Key);
            double events = moment.Count();
            left *= 1 - (events / atRisk);
            variance += atRisk > events ? events / (atRisk * (atRisk - events)) : 0;
            steps.Add(Bounded(moment.Key, left, variance));
        }

        return steps;
    }

    /// <summary>The share to whom it has happened by a time.</summary>
    public static double HappenedBy(IReadOnlyList<Point> steps, double time)
    {
        ArgumentNullException.ThrowIfNull(steps);
        return 1 - steps.LastOrDefault(step => step.Time <= time, new Point(0, 1, 1, 1)).Left;
    }

    /// <summary>When it has happened to half; null when it has not.</summary>
    public static double? Median(IReadOnlyList<Point> steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        foreach (var step in steps)
        {
            if (step.Left <= 0.5)
                return step.Time;
        }

        return null;
    }

    private static Point Bounded(double time, double left, double variance)
    {
        if (left is <= 0 or >= 1)
            return new Point(time, left, left, left);
        var spread = 1.96 * Math.Sqrt(variance) / Math.Log(left);
        return new Point(
            time, left, Math.Pow(left, Math.Exp(-spread)), Math.Pow(left, Math.Exp(spread)));
    }
}
