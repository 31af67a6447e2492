namespace Karez.Secure.Tests;

public class SystemEntropyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(32)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(5000)]
    public void Every_octet_of_every_draw_is_drawn_anew(int length)
    {
        var draws = new byte[Math.Max(20, 20_000 / length)][];
        for (var i = 0; i < draws.Length; i++)
            SystemEntropy.Instance.Fill(draws[i] = new byte[length]);
        if (length >= 32)
            Assert.Equal(draws.Length, draws.Select(Convert.ToHexString).Distinct().Count());

        // No octet is zero too often, as it would be where a block's used part was given out again.
        var zeros = draws.Sum(d => d.Count(o => o == 0));
        var all = (double)draws.Length * length;
        Assert.InRange(zeros / all, 0, (1 / 256.0) + (6 * Math.Sqrt(1 / 256.0 / all)));
    }

    [Fact]
    public async Task Threads_draw_each_for_themselves()
    {
        var draws = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
            () =>
            {
                var mine = new List<string>();
                for (var i = 0; i < 500; i++)
                {
                    var octets = new byte[16];
                    SystemEntropy.Instance.Fill(octets);
                    mine.Add(Convert.ToHexString(octets));
                }

                return mine;
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
        Assert.Equal(4000, draws.SelectMany(d => d).Distinct().Count());
    }
}
