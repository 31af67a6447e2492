using Karez.Lab.Running;

namespace Karez.Lab.Learners;

/// <summary>Learns from one part of the samples and scores the other, and the other way round.</summary>
internal static class Folds
{
    private const int Least = 20; // Our choice: flows on either side of either part.

    /// <summary>Every sample's score out of the fold in which it was not learnt from.</summary>
    /// <returns>Null where there are too few.</returns>
    public static List<Roc.Scored>? Score(IReadOnlyList<Sample> all, SplitKind split, FinishedRun run)
    {
        var scored = new List<Roc.Scored>();
        for (var fold = 0; fold < 2; fold++)
        {
            var (learn, test) = Samples.Split(all, split, fold, Person(run));
            if (Few(learn) || Few(test))
                continue;
            scored.AddRange(Level([
                .. Forest.Score(learn, test, run.Scenario.Seed)
                    .Zip(test, (score, sample) => new Roc.Scored(score, sample.Label, sample.Subscriber)),
            ]));
        }

        return scored.Count == 0 ? null : scored;
    }

    /// <summary>
    /// Two learners' scores have no common scale: the one that learnt from fewer of the group scores lower, and the
    /// flows that it is asked about hold more of them. So a score becomes the share of its fold's innocents below it.
    /// </summary>
    public static IEnumerable<Roc.Scored> Level(IReadOnlyList<Roc.Scored> fold)
    {
        var innocent = fold.Where(each => !each.Label).Select(each => each.Score).Order().ToArray();
        return fold.Select(each =>
        {
            var below = innocent.Count(score => score < each.Score);
            var level = innocent.Count(score => score == each.Score);
            return each with { Score = (below + (level / 2f)) / innocent.Length };
        });
    }

    /// <summary>Twins count as one person: what one visits the other does.</summary>
    public static Func<int, int> Person(FinishedRun run) => subscriber =>
        run.Manifest.Subscribers[subscriber].Twin is { } twin ? Math.Min(twin, subscriber) : subscriber;

    private static bool Few(List<Sample> samples) =>
        Math.Min(samples.Count(sample => sample.Label), samples.Count(sample => !sample.Label)) < Least;
}
