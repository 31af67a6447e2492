using Karez.Lab.Statistics;

namespace Karez.Lab.Tests.Statistics;

public class StatisticsTests
{
    [Theory] // Exact intervals, from tables.
    [InlineData(0, 10, 0, 0.3085)]
    [InlineData(5, 10, 0.1871, 0.8129)]
    [InlineData(10, 10, 0.6915, 1)]
    [InlineData(1, 100, 0.00025, 0.0545)]
    [InlineData(0, 3000, 0, 0.00123)]
    public void The_interval_of_a_rate_is_clopper_and_pearsons(int hits, int of, double low, double high)
    {
        var interval = Binomial.Interval(hits, of);
        Assert.Equal(low, interval.Low, 3);
        Assert.Equal(high, interval.High, 3);
    }

    [Fact]
    public void Tails_are_the_sums_they_stand_for()
    {
        for (var n = 1; n <= 30; n += 7)
        {
            foreach (var rate in (double[])[0.01, 0.3, 0.5, 0.97])
            {
                for (var k = 0; k <= n; k++)
                {
                    var sum = Enumerable.Range(k, n - k + 1).Sum(i => Choose(n, i) * Math.Pow(rate, i) * Math.Pow(1 - rate, n - i));
                    Assert.Equal(sum, Binomial.AtLeast(k, n, rate), 9);
                }
            }
        }
    }

    [Fact]
    public void Mann_and_whitney_know_equal_and_different_samples()
    {
        // R: wilcox.test(c(1,2,3,4,5), c(6,7,8,9,10), exact=FALSE) gives p = 0.01219.
        var (effect, p) = TwoSamples.MannWhitney([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]);
        Assert.Equal(-1, effect, 9);
        Assert.Equal(0.01219, p, 4);
        (effect, p) = TwoSamples.MannWhitney([1, 1, 1], [1, 1, 1]);
        Assert.Equal((0.0, 1.0), (effect, p));
    }

    [Fact]
    public void Kolmogorov_and_smirnov_see_a_shape_that_the_ranks_do_not()
    {
        var narrow = Enumerable.Range(0, 200).Select(i => 50 + (i % 10 * 0.1)).ToList();
        var wide = Enumerable.Range(0, 200).Select(i => i % 100 + 0.45).ToList();
        Assert.True(TwoSamples.KolmogorovSmirnov(narrow, wide).P < 1e-6);
        Assert.True(Math.Abs(TwoSamples.MannWhitney(narrow, wide).Effect) < 0.05);
        Assert.Equal(1, TwoSamples.KolmogorovSmirnov(wide, wide).P, 6);
    }

    [Fact]
    public void Holm_corrects_for_how_many_were_looked_at()
    {
        var corrected = TwoSamples.Holm([0.01, 0.04, 0.03]);
        Assert.Equal([0.03, 0.06, 0.06], corrected.Select(p => Math.Round(p, 9)));
    }

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(1.959964, 0.025)]
    [InlineData(4, 3.167e-5)]
    [InlineData(-1, 0.841345)]
    public void The_normal_tail(double z, double tail) => Assert.Equal(1, TwoSamples.UpperTail(z) / tail, 3);

    [Fact]
    public void A_constant_record_size_is_the_worst_feature()
    {
        var random = new Random(1);
        IReadOnlyDictionary<string, double> Flow(bool constant) => new Dictionary<string, double>
        {
            ["record 1 up"] = constant ? 777 : random.Next(80, 900),
            ["record 1 down"] = random.Next(80, 900),
            ["turns"] = random.Next(2, 9),
        };
        var browser = Enumerable.Range(0, 60).Select(_ => Flow(false)).ToList();
        var comparison = FlowComparison.Of(Enumerable.Range(0, 60).Select(_ => Flow(true)).ToList(), browser);
        Assert.Equal("record 1 up", comparison.Worst!.Feature);
        Assert.True(comparison.Worst.P < 1e-6);
        var same = FlowComparison.Of(Enumerable.Range(0, 60).Select(_ => Flow(false)).ToList(), browser);
        Assert.True(same.Worst!.P > 0.01);
        Assert.Null(FlowComparison.Of(browser.Take(7).ToList(), browser).Worst);
    }

    private static double Choose(int n, int k) =>
        Enumerable.Range(1, k).Aggregate(1.0, (product, i) => product * (n - k + i) / i);
}
