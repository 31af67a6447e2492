using Karez.Probes.Compare;

namespace Karez.Probes.Tests;

public class TwoSamplesTests
{
    [Fact]
    public void Mann_Whitney_agrees_with_a_sample_worked_by_hand()
    {
        // 1..10 against 6..15: ties 6..10, U = 12.5, variance 175 less 10*10*5*6/(12*20*19)
        double[] a = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], b = [6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
        Assert.Equal(0.0051, TwoSamples.MannWhitney(a, b), 0.0002);
        Assert.Equal(TwoSamples.MannWhitney(a, b), TwoSamples.MannWhitney(b, a), 1e-9);
    }

    [Fact]
    public void Mann_Whitney_is_silent_on_equal_samples_and_loud_on_shifted_ones()
    {
        var a = Enumerable.Range(0, 50).Select(i => (double)i).ToArray();
        Assert.True(TwoSamples.MannWhitney(a, a) > 0.99);
        Assert.True(TwoSamples.MannWhitney(a, [.. a.Select(v => v + 100)]) < 1e-9);
        Assert.Equal(1, TwoSamples.MannWhitney([1, 1, 1], [1, 1, 1]));
    }

    [Fact]
    public void The_permutation_test_gives_the_exact_fractions()
    {
        // five ones against five twos: 2 of C(10, 5) = 252 orders are as far apart
        Assert.Equal(2.0 / 252, TwoSamples.Permutation([0, 0, 0, 0, 0], [1, 1, 1, 1, 1]), 0.002);
        Assert.Equal(1, TwoSamples.Permutation([0, 1, 0], [1, 0, 0]));
        // answers that never repeat say nothing
        Assert.Equal(1, TwoSamples.Permutation([0, 1, 2, 3], [4, 5, 6, 7]));
    }

    [Fact]
    public void A_chance_of_five_in_a_hundred_is_met_about_so_often()
    {
        var random = new Random(7);
        var met = Enumerable.Range(0, 1000).Count(_ => TwoSamples.MannWhitney(Draw(), Draw()) < 0.05);
        Assert.InRange(met, 25, 80);

        double[] Draw() => [.. Enumerable.Range(0, 50).Select(_ => random.NextDouble())];
    }
}
