using Karez.Lab.Detectors;
using Karez.Lab.Population;
using Karez.Observe.Flows;
using Karez.Observe.Packets;

namespace Karez.Lab.Tests.Population;

/// <summary>Simulated days: from captured sessions only, seeded, and the chain over them.</summary>
public class SimulatedMonthTests
{
    private static readonly Func<IReadOnlyList<IDetector>> s_log = () => DetectorCatalogue.Named(["t25-concentration"]);

    [Fact]
    public void What_was_not_captured_does_not_happen()
    {
        Assert.Empty(SimulatedMonth.Hits(Pool(octets: 1000), 5, 10, 1, () => DetectorCatalogue.Named(["t28-fan-out"])));
    }

    [Fact]
    public void A_hit_of_a_session_comes_with_each_of_its_days_and_flags()
    {
        var pool = Pool(1000, new PooledHit("t15-ndpi", "203.0.113.5", 1));
        var hits = SimulatedMonth.Hits(pool, 5, 10, 1, s_log);
        Assert.Equal(5, hits.Select(hit => hit.Subscriber).Distinct().Count());
        Assert.All(hits, hit => Assert.InRange(hit.At.TotalHours % 24, 7, 24));
        var days = ChainOutcome.Of(pool, "all", hits, ["t15-ndpi"], 5, 10, 1);
        Assert.Equal((5, 1.0), (days.Chain.Flagged, days.Chain.Day1));
        Assert.True(days.OfflineDaysAYear > 50, $"{days.OfflineDaysAYear}");
        Assert.Equal(0, ChainOutcome.Of(pool, "all", hits, ["t09-fet"], 5, 10, 1).Chain.Flagged);
    }

    [Fact]
    public void Much_to_one_address_is_found_on_simulated_days()
    {
        var hits = SimulatedMonth.Hits(Pool(octets: 10_000_000), 3, 4, 1, s_log);
        Assert.Equal(["t25-concentration"], hits.Select(hit => hit.Rule).Distinct());
        // One a day and server, however many rows say it.
        Assert.InRange(hits.Count, 6, 12);
    }

    [Fact]
    public void The_same_seed_gives_the_same_days()
    {
        var pool = Pool(10_000_000, new PooledHit("t15-ndpi", "203.0.113.5", 2));
        Assert.Equal(SimulatedMonth.Hits(pool, 3, 4, 9, s_log), SimulatedMonth.Hits(pool, 3, 4, 9, s_log));
    }

    private static SessionPool Pool(long octets, params PooledHit[] hits)
    {
        var row = new FlowRecord
        {
            Flow = new FlowKey(
                Packet.Tcp, NetAddress.Parse("100.64.0.2"), 4000, NetAddress.Parse("203.0.113.5"), 443),
            Subscriber = 0,
            Begins = 0,
            Ends = 1,
            OctetsUp = 0,
            OctetsDown = octets,
            Foreign = true,
            ServerName = "www.example.com",
        };
        return new SessionPool(
            "tool", [new PooledSession(0, "https://www.example.com/", 5, [new PooledRow(row, 1, octets)], hits)], []);
    }
}
