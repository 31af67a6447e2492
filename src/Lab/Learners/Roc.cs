namespace Karez.Lab.Learners;

/// <summary>The curve of a learner: what is caught at which rate of false alarms; pure.</summary>
internal static class Roc
{
    /// <summary>A scored flow.</summary>
    public readonly record struct Scored(float Score, bool Label, int Subscriber);

    /// <summary>The area under the curve: the chance that one of the group scores above an innocent one.</summary>
    public static double Area(IReadOnlyList<Scored> scored)
    {
        double positives = scored.Count(each => each.Label), negatives = scored.Count - positives;
        if (positives == 0 || negatives == 0)
            return 0.5;
        double ranks = 0;
        var sorted = scored.OrderBy(each => each.Score).ToList();
        for (var start = 0; start < sorted.Count;)
        {
            var (end, hits) = (start, 0);
            for (; end < sorted.Count && sorted[end].Score == sorted[start].Score; end++)
                hits += sorted[end].Label ? 1 : 0;
            ranks += hits * (start + end + 1) / 2.0;
            start = end;
        }

        return (ranks - (positives * (positives + 1) / 2)) / (positives * negatives);
    }

    /// <summary>The share caught where at most this share of innocents is flagged.</summary>
    public static double CaughtAt(IReadOnlyList<Scored> scored, double rate)
    {
        var innocent = scored.Where(each => !each.Label).Select(each => each.Score).OrderDescending().ToList();
        var allowed = (int)(rate * innocent.Count);
        // Above the score of the first innocent that may not be flagged any more.
        var threshold = allowed < innocent.Count ? innocent[allowed] : float.NegativeInfinity;
        var group = scored.Where(each => each.Label).ToList();
        return group.Count == 0 ? 0 : group.Count(each => each.Score > threshold) / (double)group.Count;
    }

    /// <summary>The curve's points where it turns, at most 200.</summary>
    public static IReadOnlyList<CurveSpot> Curve(IReadOnlyList<Scored> scored)
    {
        const int Most = 200;
        var negatives = scored.Count(each => !each.Label);
        var steps = Math.Min(Most, negatives);
        return
        [
            .. Enumerable.Range(0, steps + 1).Select(i => (double)i / Math.Max(1, steps))
                .Select(rate => new CurveSpot(rate, CaughtAt(scored, rate))),
        ];
    }

    /// <summary>The 95 % interval of a figure, by drawing subscribers with all their flows again and again.</summary>
    public static (double Low, double High) Bootstrap(
        IReadOnlyList<Scored> scored, Func<IReadOnlyList<Scored>, double> figure, Random random, int draws)
    {
        var groups = scored.GroupBy(each => (each.Label, each.Subscriber)).ToList();
        var (guilty, innocent) = (
            groups.Where(group => group.Key.Label).ToList(), groups.Where(group => !group.Key.Label).ToList());
        if (guilty.Count == 0 || innocent.Count == 0)
            return (0, 1);
        var figures = new List<double>();
        for (var i = 0; i < draws; i++)
        {
            var drawn = new List<Scored>();
            foreach (var side in (List<IGrouping<(bool, int), Scored>>[])[guilty, innocent])
            {
                for (var j = 0; j < side.Count; j++)
                    drawn.AddRange(side[random.Next(side.Count)]);
            }

            figures.Add(figure(drawn));
        }

        figures.Sort();
        return Middle(figures);
    }

    /// <summary>Between which 95 % of some ascending figures lie.</summary>
    public static (double Low, double High) Middle(List<double> ascending) =>
        (ascending[(int)(0.025 * ascending.Count)], ascending[(int)Math.Ceiling(0.975 * ascending.Count) - 1]);
}
