using Karez.Lab.Findings;
using Karez.Lab.Router;
using Karez.Lab.Running;

namespace Karez.Lab.Learners;

/// <summary>
/// Learners against each tool on TLS, and against the browser itself: there they must be guessing, or the split leaks.
/// </summary>
internal sealed class LearnerStage : IRunStage
{
    private const int Least = 20; // Our choice: flows on either side of either part.
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
        var all = Labelled(traffic, group, kind);
        var scored = new List<Roc.Scored>();
        for (var fold = 0; fold < 2; fold++)
        {
            var (learn, test) = Samples.Split(all, split, fold, one => Person(run.Manifest, one));
            if (Few(learn) || Few(test))
                continue;
            scored.AddRange(Forest.Score(learn, test, run.Scenario.Seed)
                .Zip(test, (score, sample) => new Roc.Scored(score, sample.Label, sample.Subscriber)));
        }

        if (scored.Count == 0)
            return null;
        var random = new Random(Seeds.Of(run.Scenario.Seed, $"bootstrap {group} {kind} {split}"));
        var (low, high) = Roc.Bootstrap(scored, Roc.Area, random, Draws);
        var caught = s_rates.Select(rate => Caught(scored, rate, random)).ToList();
        return new LearnerResult(
            group, kind == FeatureKind.Flow ? "flow" : "first packets", Say(split), scored.Count(each => each.Label),
            scored.Count(each => !each.Label), Roc.Area(scored), low, high, caught[0], caught[1], caught[2],
            Roc.Curve(scored));
    }

    /// <summary>The group's flows, and the browser's; the browser against itself with labels by the person.</summary>
    private static List<Sample> Labelled(RunTraffic traffic, string group, FeatureKind kind)
    {
        var innocent = Samples.Of(traffic, RunTraffic.Browser, kind);
        if (group == RunTraffic.Browser)
        {
            // Labels without meaning: every other flow of each person.
            for (var i = 0; i < innocent.Count; i++)
                innocent[i].Label = i % 2 == 0;
            return innocent;
        }

        var positive = Samples.Of(traffic, group, kind);
        positive.ForEach(sample => sample.Label = true);
        return [.. positive, .. innocent];
    }

    /// <summary>With less than one innocent flow at the rate it cannot be seen.</summary>
    private static CaughtAt Caught(List<Roc.Scored> scored, double rate, Random random)
    {
        if (scored.Count(each => !each.Label) * rate < 1)
            return new CaughtAt(false, 0, 0, 1);
        var (low, high) = Roc.Bootstrap(scored, drawn => Roc.CaughtAt(drawn, rate), random, Draws);
        return new CaughtAt(true, Roc.CaughtAt(scored, rate), low, high);
    }

    private static bool Few(List<Sample> samples) =>
        Math.Min(samples.Count(sample => sample.Label), samples.Count(sample => !sample.Label)) < Least;

    /// <summary>Twins count as one person: what one visits the other does.</summary>
    private static int Person(RunManifest manifest, int subscriber) =>
        manifest.Subscribers[subscriber].Twin is { } twin ? Math.Min(twin, subscriber) : subscriber;

    private static string Say(SplitKind split) => split switch
    {
        SplitKind.Client => "client",
        SplitKind.Site => "site",
        _ => "time",
    };
}
