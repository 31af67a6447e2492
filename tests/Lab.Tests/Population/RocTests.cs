using Karez.Lab.Learners;
using Karez.Lab.Reports;

namespace Karez.Lab.Tests.Population;

/// <summary>A learner's figures, and that it neither invents nor overlooks.</summary>
public class RocTests
{
    [Fact]
    public void Area_and_left_end_are_those_worked_out_by_hand()
    {
        List<Roc.Scored> scored = [new(4, true, 0), new(3, false, 1), new(2, true, 0), new(1, false, 1)];
        Assert.Equal(0.75, Roc.Area(scored));
        Assert.Equal(0.5, Roc.CaughtAt(scored, 0));
        Assert.Equal(1, Roc.CaughtAt(scored, 0.5));
    }

    [Fact]
    public void Trees_find_what_is_different_and_guess_where_nothing_is()
    {
        var random = new Random(1);
        List<Sample> Draw(int shift) =>
        [
            .. Enumerable.Range(0, 400).Select(i => new Sample
            {
                Label = i % 2 == 0,
                Features = [random.Next(100) + (i % 2 == 0 ? shift : 0), random.Next(100)],
                Subscriber = i % 8,
            }),
        ];
        Assert.True(Area(Draw(90)) > 0.98);
        Assert.InRange(Area(Draw(0)), 0.4, 0.6);
    }

    [Fact]
    public void Two_learners_are_compared_by_what_each_makes_of_innocents()
    {
        // The second one scores everything higher; each tells its own flows apart as well as the other.
        List<Roc.Scored> first = [new(2, true, 0), new(1, false, 1), new(1, false, 1)];
        List<Roc.Scored> second = [new(9, true, 0), new(8, true, 0), new(7, false, 1)];
        Assert.NotEqual(1, Roc.Area([.. first, .. second]));
        Assert.Equal(1, Roc.Area([.. Folds.Level(first), .. Folds.Level(second)]));
        Assert.Equal(0.5, Roc.Area([.. Folds.Level([new(3, true, 0), new(3, false, 1)])]));
    }

    [Fact]
    public void The_middle_leaves_out_one_in_forty_at_either_end()
    {
        Assert.Equal((1, 38), Roc.Middle([.. Enumerable.Range(0, 40).Select(i => (double)i)]));
        Assert.Equal((7, 7), Roc.Middle([7]));
    }

    [Theory]
    [InlineData(0.51, 0.7, true)]
    [InlineData(0.3, 0.49, true)]
    [InlineData(0.45, 0.55, false)]
    public void A_learner_that_tells_twins_apart_fails_the_run(double low, double high, bool fails)
    {
        var none = new CaughtAt(false, 0, 0, 1);
        var browser = new LearnerResult("browser", "flow", "site", 9, 9, (low + high) / 2, low, high, none, none, none, []);
        Assert.Equal(fails, browser.Leaks);
        Assert.False((browser with { Group = "karez" }).Leaks);
        var report = new RunReport
        {
            Scenario = "",
            Seed = 1,
            Started = default,
            Seconds = 1,
            Subscribers = 2,
            Tools = [],
            Router = new(1, 0, 0, 0, 0, true),
            Learners = [browser],
        };
        Assert.Equal(fails, Failures.Of(report).Any());
    }

    [Fact]
    public void Twins_are_never_on_both_sides()
    {
        var all = Enumerable.Range(0, 100).Select(i => new Sample { Subscriber = i % 10 }).ToList();
        var (learn, test) = Samples.Split(all, SplitKind.Client, 0, one => one % 5);
        Assert.NotEmpty(learn);
        Assert.NotEmpty(test);
        Assert.Empty(learn.Select(s => s.Subscriber % 5).Intersect(test.Select(s => s.Subscriber % 5)));
    }

    private static double Area(List<Sample> all)
    {
        var (learn, test) = Samples.Split(all, SplitKind.Client, 0, one => one / 2);
        return Roc.Area([.. Forest.Score(learn, test, 1).Zip(test, (s, t) => new Roc.Scored(s, t.Label, t.Subscriber))]);
    }
}
