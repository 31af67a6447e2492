using Karez.Lab.Learners;

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
