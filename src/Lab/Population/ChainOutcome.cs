using Karez.Lab.Enforcement;
using Karez.Lab.Findings;
using Karez.Lab.Statistics;

namespace Karez.Lab.Population;

/// <summary>Puts simulated hits through the chain, and counts; pure.</summary>
internal static class ChainOutcome
{
    private const double Month = 30;
    private const double Year = 365;

    public static GroupDays Of(
        SessionPool pool, string part, IReadOnlyList<ChainHit> hits, IReadOnlyCollection<string> rules, int people,
        int days, int seed)
    {
        var events = Enforce(hits.Where(hit => rules.Contains(hit.Rule)), pool.Group, people, days, seed);
        var alone = hits.Select(hit => hit.Rule).Distinct().Order(StringComparer.Ordinal).Select(rule => Flagging(
            rule, Enforce(hits.Where(hit => hit.Rule == rule), pool.Group, people, days, seed), people, days).Figures);
        var (chain, curve) = Flagging("chain", events, people, days);
        var soft = new SoftBranch();
        foreach (var hit in hits)
            soft.Feed(hit);
        var messaged = events.Where(e => e.State == ChainState.Noticed).Select(e => e.Subscriber).Distinct().Count();
        // Over the simulated days; scaled to a month of thirty as if the rate stayed.
        var scale = 100_000 * Month / days;
        var (low, high) = Binomial.Interval(messaged, people);
        return new GroupDays(
            pool.Group, part, people, days, pool.Sessions.Count, pool.Minutes / (people * days),
            chain, [.. alone], curve,
            messaged, (double)messaged / people * scale, low * scale, high * scale,
            Offline(events, days) / people / days * Year,
            events.Count(e => e.What.StartsWith("penalty", StringComparison.Ordinal)),
            soft.Blackouts, soft.SlowDays);
    }

    private static IReadOnlyList<ChainEvent> Enforce(
        IEnumerable<ChainHit> hits, string group, int people, int days, int seed)
    {
        var hasTool = group is not (RunTraffic.Browser or RunTraffic.Fetch);
        var authority = new Authority([.. Enumerable.Repeat(hasTool, people)], seed);
        foreach (var hit in hits)
            authority.Feed(hit);
        authority.OnTime(TimeSpan.FromDays(days));
        return authority.Events;
    }

    private static (TimeToFlag Figures, IReadOnlyList<CurvePoint> Curve) Flagging(
        string rule, IReadOnlyList<ChainEvent> events, int people, int days)
    {
        var first = events.Where(e => e.State == ChainState.Flagged).GroupBy(e => e.Subscriber)
            .ToDictionary(own => own.Key, own => own.Min(e => e.At.TotalDays));
        var steps = KaplanMeier.Of(
            [.. Enumerable.Range(0, people).Select(i =>
                first.TryGetValue(i, out var at) ? (at, true) : ((double)days, false))]);
        return (
            new TimeToFlag(
                rule, first.Count, people, KaplanMeier.HappenedBy(steps, 1), KaplanMeier.HappenedBy(steps, 7),
                KaplanMeier.HappenedBy(steps, 30), KaplanMeier.Median(steps)),
            [.. steps.Select(step => new CurvePoint(step.Time, step.Left, step.Low, step.High))]);
    }

    /// <summary>Days during which lines were cut.</summary>
    private static double Offline(IReadOnlyList<ChainEvent> events, int days)
    {
        double sum = 0;
        foreach (var own in events.GroupBy(e => e.Subscriber))
        {
            double? since = null;
            foreach (var happened in own)
            {
                if (happened.State == ChainState.Suspended)
                    since = happened.At.TotalDays;
                else if (happened.State == ChainState.Watched && since is { } cut)
                    (sum, since) = (sum + happened.At.TotalDays - cut, null);
            }

            sum += since is { } still ? days - still : 0;
        }

        return sum;
    }
}
