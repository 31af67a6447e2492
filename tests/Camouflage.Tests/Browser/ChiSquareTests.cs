using Karez.Tests;

namespace Karez.Camouflage.Tests.Browser;

public class ChiSquareTests
{
    // Quantiles as printed in any table of the distribution.
    [Theory]
    [InlineData(3.841, 1, 0.05)]
    [InlineData(6.635, 1, 0.01)]
    [InlineData(26.296, 16, 0.05)]
    [InlineData(39.252, 16, 0.001)]
    [InlineData(9.312, 16, 0.9)]
    [InlineData(149.449, 100, 0.001)]
    public void The_quantiles_of_the_table_come_out(double statistic, int degrees, double probability) =>
        Assert.Equal(probability, ChiSquare.Survival(statistic, degrees), probability * 0.002);

    [Fact]
    public void Uneven_counts_are_rejected_and_even_ones_are_not()
    {
        Assert.True(ChiSquare.Even([100, 101, 99, 100]) > 0.9);
        Assert.True(ChiSquare.Even([200, 50, 50, 100]) < 1e-6);
        Assert.True(ChiSquare.SameSource([100, 200, 0], [51, 99, 0]) > 0.5);
        Assert.True(ChiSquare.SameSource([100, 200], [99, 51]) < 1e-6);
    }
}
