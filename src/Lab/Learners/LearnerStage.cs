using Karez.Lab.Findings;
using Karez.Lab.Router;
using Karez.Lab.Running;

namespace Karez.Lab.Learners;

/// <summary>
/// Learners against each tool on TLS, and against the browser itself: there they must be guessing, or the split leaks.
/// </summary>
internal sealed class LearnerStage : IRunStage
{
    private const int Deals = 40; // Our choice: how often people are dealt into groups that mean nothing.
    private const int Draws = 400; // Our choice; the catalogue wants 2000, which takes minutes here.
    private static readonly double[] s_rates = [0.01, 0.001, 0.0001];

    /// <inheritdoc/>
    public string Name => "learners";

    /// <inheritdoc/>
    public Task RunAsync(FinishedRun run, IRunProgress progress, CancellationToken cancellationToken)
    {
        var traffic = run.Traffic ?? throw new InvalidOperationException("The detectors come first.");
        var results = new List<LearnerResult>();
        foreach (var group in traffic.Groups.Where(group => group != RunTraffic.Fetch))
        {
            foreach (var kind in Enum.GetValues<FeatureKind>())
            {
                foreach (var split in Enum.GetValues<SplitKind>())
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    progress.Tell($"{group}, {kind}, by {split}");
                    if (Try(run, traffic, group, kind, split) is { } result)
                        results.Add(result);
                    else if (kind == FeatureKind.Flow)
                        run.Report.NotDone.Add($"learners: too few TLS flows of {group}, split by {Say(split)}");
                }
            }
        }

        run.Report.Learners = results;
        return Task.CompletedTask;
    }

    private static LearnerResult? Try(
        FinishedRun run, RunTraffic traffic, string group, FeatureKind kind, SplitKind split)
    {
        var innocent = Samples.Of(traffic, RunTraffic.Browser, kind);
        var random = new Random(Seeds.Of(run.Scenario.Seed, $"bootstrap {group} {kind} {split}"));
        if (group == RunTraffic.Browser)
            return TwinsAgainstTwins(run, innocent, kind, split, random);
        var positive = Samples.Of(traffic, group, kind);
        positive.ForEach(sample => sample.Label = true);
        if (Folds.Score([.. positive, .. innocent], split, run) is not { } scored)
            return null;
        var area = Roc.Bootstrap(scored, Roc.Area, random, Draws);
        return Result(group, kind, split, scored, Roc.Area(scored), area, rate =>
            (Roc.CaughtAt(scored, rate), Roc.Bootstrap(scored, drawn => Roc.CaughtAt(drawn, rate), random, Draws)));
    }

    /// <summary>
    /// The browser against itself: people without a tool are dealt into two groups that mean nothing, again and again.
    /// The figure is the mean, and its interval the one that holds 95 % of the deals: without 0.5 in it the learner
    /// knows something that it may not.
    /// </summary>
    private static LearnerResult? TwinsAgainstTwins(
        FinishedRun run, List<Sample> innocent, FeatureKind kind, SplitKind split, Random random)
    {
        var people = innocent.Select(sample => sample.Subscriber).Distinct().Order().ToArray();
        var person = Folds.Person(run);
        var halves = Samples.PartsOf(innocent, person);
        var deals = new List<List<Roc.Scored>>();
        for (var i = 0; i < Deals; i++)
        {
            random.Shuffle(people);
            // As even as can be in either half of the people.
            var group = people.OrderBy(one => halves[person(one)]).Where((_, at) => at % 2 == 0).ToHashSet();
            innocent.ForEach(sample => sample.Label = group.Contains(sample.Subscriber));
            if (Folds.Score(innocent, split, run) is { } scored)
                deals.Add(scored);
        }

        if (deals.Count < Deals / 2)
            return null;
        var areas = deals.Select(Roc.Area).Order().ToList();
        var last = deals[^1];
        return Result(RunTraffic.Browser, kind, split, last, areas.Average(), Roc.Middle(areas), rate =>
        {
            var caught = deals.Select(scored => Roc.CaughtAt(scored, rate)).Order().ToList();
            return (caught.Average(), Roc.Middle(caught));
        });
    }

    private static LearnerResult Result(
        string group, FeatureKind kind, SplitKind split, List<Roc.Scored> scored, double area,
        (double Low, double High) interval, Func<double, (double Share, (double Low, double High) Interval)> caught)
    {
        var innocent = scored.Count(each => !each.Label);
        // With less than one innocent flow at the rate it cannot be seen.
        var at = s_rates.Select(rate => innocent * rate < 1
            ? new CaughtAt(false, 0, 0, 1)
            : Seen(caught(rate))).ToList();
        return new LearnerResult(
            group, kind == FeatureKind.Flow ? "flow" : "first packets", Say(split), scored.Count - innocent, innocent,
            area, interval.Low, interval.High, at[0], at[1], at[2], Roc.Curve(scored));
    }

    private static CaughtAt Seen((double Share, (double Low, double High) Interval) figure) =>
        new(true, figure.Share, figure.Interval.Low, figure.Interval.High);

    private static string Say(SplitKind split) => split switch
    {
        SplitKind.Client => "client",
        SplitKind.Site => "site",
        _ => "time",
    };
}
