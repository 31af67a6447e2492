using Karez.Lab.Router;

namespace Karez.Lab.Tests.Router;

/// <summary>A link's model: delay, jitter, loss, order, rate, and the same decisions for the same seed.</summary>
public class LinkModelTests
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    [Fact]
    public void Without_jitter_every_packet_has_the_delay()
    {
        var link = new LinkModel(new LinkProfile(25), 1);
        for (var i = 0; i < 100; i++)
        {
            Assert.True(link.TryPass(i * Millisecond, 100, out var due));
            Assert.Equal((i + 25) * Millisecond, due);
        }
    }

    [Fact]
    public void The_same_seed_decides_the_same_whenever_packets_come()
    {
        var profile = LinkProfiles.Access["4g"].Up with { Loss = 0.2, Reorder = 0.1, RateMbit = 0 };
        var (one, same, other) = (new LinkModel(profile, 7), new LinkModel(profile, 7), new LinkModel(profile, 8));
        var different = 0;
        for (var i = 0; i < 2000; i++)
        {
            // The second one's packets come at other times, far apart so that order does not bind them.
            var kept = one.TryPass(i * TimeSpan.FromSeconds(1), 100, out var due);
            Assert.Equal(kept, same.TryPass(i * TimeSpan.FromSeconds(2), 100, out var again));
            if (kept)
                Assert.Equal(due - (i * TimeSpan.FromSeconds(1)), again - (i * TimeSpan.FromSeconds(2)));
            if (kept != other.TryPass(i * TimeSpan.FromSeconds(1), 100, out _))
                different++;
        }

        Assert.InRange(different, 200, 1000);
    }

    [Fact]
    public void Jitter_has_the_spread_that_was_asked_for_and_loss_its_share()
    {
        var link = new LinkModel(new LinkProfile(50, 5, 0.02), 3);
        var delays = new List<double>();
        for (var i = 0; i < 20_000; i++)
        {
            if (link.TryPass(i * TimeSpan.FromSeconds(1), 100, out var due))
                delays.Add((due - (i * TimeSpan.FromSeconds(1))).TotalMilliseconds);
        }

        Assert.InRange(delays.Count, 19_450, 19_750);
        var mean = delays.Average();
        Assert.InRange(mean, 49.3, 50.7);
        Assert.InRange(Math.Sqrt(delays.Average(d => (d - mean) * (d - mean))), 4.3, 5.7);
    }

    [Fact]
    public void Order_holds_but_for_the_share_that_may_be_overtaken()
    {
        var strict = new LinkModel(new LinkProfile(20, 5), 5);
        var loose = new LinkModel(new LinkProfile(20, 0, 0, 0.1), 5);
        var (last, overtaken) = (TimeSpan.Zero, 0);
        var lastLoose = TimeSpan.Zero;
        for (var i = 0; i < 5000; i++)
        {
            Assert.True(strict.TryPass(i * Millisecond, 100, out var due));
            Assert.True(due >= last);
            last = due;
            Assert.True(loose.TryPass(i * Millisecond, 100, out due));
            if (due < lastLoose)
                overtaken++;
            lastLoose = due;
        }

        Assert.InRange(overtaken, 350, 550);
    }

    [Fact]
    public void A_rate_spaces_packets_and_a_full_queue_drops()
    {
        var link = new LinkModel(new LinkProfile(10, RateMbit: 8, QueueMs: 20), 1); // 1000 octets take 1 ms.
        var passed = new List<TimeSpan>();
        for (var i = 0; i < 100; i++)
        {
            if (link.TryPass(TimeSpan.Zero, 1000, out var due))
                passed.Add(due);
        }

        Assert.Equal(21, passed.Count);
        Assert.Equal(11 * Millisecond, passed[0]);
        Assert.Equal(31 * Millisecond, passed[^1]);
    }
}
