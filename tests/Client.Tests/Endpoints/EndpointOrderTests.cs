using Karez.Client.Endpoints;

namespace Karez.Client.Tests.Endpoints;

public class EndpointOrderTests
{
    private static readonly EndpointView Fresh = new(false, null, 0, false);

    [Fact]
    public void The_order_given_holds_and_those_that_rest_come_last() =>
        Assert.Equal([0, 2, 1], EndpointOrder.Of([Fresh, Fresh with { Rests = true }, Fresh], 0, 0, new()));

    [Fact]
    public void The_quickest_is_taken_only_when_it_is_clearly_quicker()
    {
        var plan = new EndpointPlan { TakesFastest = true };
        Assert.Equal([0, 1], EndpointOrder.Of([At(100), At(80)], 0, 0, plan));
        Assert.Equal([1, 0], EndpointOrder.Of([At(100), At(60)], 0, 0, plan));
        Assert.Equal([1, 2, 0], EndpointOrder.Of([Fresh, At(60), At(90)], 1, 0, plan));
    }

    [Fact]
    public void An_address_that_had_its_share_gives_way()
    {
        var plan = new EndpointPlan { MaxShare = 0.6 };
        EndpointView[] views = [Fresh with { Octets = 70 << 20 }, Fresh with { Octets = 30 << 20 }];
        Assert.Equal([1, 0], EndpointOrder.Of(views, 0, 100 << 20, plan));
        views = [Fresh with { Octets = 50 << 20 }, Fresh with { Octets = 50 << 20 }];
        Assert.Equal([0, 1], EndpointOrder.Of(views, 0, 100 << 20, plan));
        views = [Fresh with { Octets = 1 << 20 }, Fresh]; // too early to judge
        Assert.Equal([0, 1], EndpointOrder.Of(views, 0, 1 << 20, plan));
    }

    [Fact]
    public void An_address_that_is_away_is_not_taken_because_another_is_over_its_share()
    {
        EndpointView[] views = [Fresh with { Octets = 100 << 20 }, Fresh with { Rests = true }];
        Assert.Equal([0, 1], EndpointOrder.Of(views, 0, 100 << 20, new EndpointPlan { MaxShare = 0.5 }));
    }

    [Fact]
    public void Flows_over_time_keep_each_address_within_its_share()
    {
        var plan = new EndpointPlan { MaxShare = 0.4 };
        var octets = new long[3];
        for (var i = 0; i < 1_000; i++)
        {
            var views = octets.Select(count => Fresh with { Octets = count }).ToList();
            octets[EndpointOrder.Of(views, 0, octets.Sum(), plan)[0]] += 1 << 20;
        }

        Assert.All(octets, count => Assert.InRange(count / (double)octets.Sum(), 0.1, 0.41));
    }

    [Fact]
    public void An_address_with_all_its_connections_gives_way()
    {
        Assert.Equal([1, 0], EndpointOrder.Of([Fresh with { IsFull = true }, Fresh], 0, 0, new()));
    }

    private static EndpointView At(int milliseconds) =>
        Fresh with { Latency = TimeSpan.FromMilliseconds(milliseconds) };
}
