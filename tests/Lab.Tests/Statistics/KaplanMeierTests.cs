using Karez.Lab.Statistics;

namespace Karez.Lab.Tests.Statistics;

/// <summary>The estimator against figures worked out by hand.</summary>
public class KaplanMeierTests
{
    [Fact]
    public void Units_that_were_not_watched_to_the_end_are_at_risk_until_then()
    {
        // At risk 5, 4 (one left), 2: 4/5, then 3/4 of it, then half of that.
        var steps = KaplanMeier.Of([(1, true), (2, true), (2.5, false), (3, true), (4, false)]);
        Assert.Equal([0.8, 0.6, 0.3], steps.Select(step => Math.Round(step.Left, 9)));
        Assert.Equal(3, KaplanMeier.Median(steps));
        Assert.Equal(0.4, KaplanMeier.HappenedBy(steps, 2), 9);
        Assert.All(steps, step => Assert.InRange(step.Left, step.Low, step.High));
    }

    [Fact]
    public void Where_nothing_happens_there_is_no_step_and_no_median()
    {
        var steps = KaplanMeier.Of([(30, false), (30, false)]);
        Assert.Empty(steps);
        Assert.Null(KaplanMeier.Median(steps));
        Assert.Equal(0, KaplanMeier.HappenedBy(steps, 30));
    }
}
