using System.Net;
using Karez.Camouflage.Browser;
using Karez.Client;
using Karez.Client.Endpoints;
using Karez.Config.Links;

namespace Karez.Server.Tests;

/// <summary>Where octets cost money fewer are spent on looking, and what is spent is told.</summary>
public class MeteredTests
{
    [Theory]
    [InlineData(false, 15, 21)]
    [InlineData(true, 2, 2)]
    public async Task In_ten_minutes_a_node_that_is_away_is_looked_at_so_often(bool isMetered, int least, int most)
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        using var away = new CountedPath(null);
        var time = new SkippingTime();
        await using var client = Start(
            time, isMetered, fastest: false, bed.LinkOf(bed.Person, away.Port), bed.LinkOf(bed.Person));
        for (var flow = 0; flow <= 20; flow++)
        {
            Assert.Equal((5, true), await LocalTalk.SocksAsync(client, "127.0.0.1", 1));
            for (var (looks, tries) = (away.Connections, 0); looks == away.Connections && tries < 4; tries++)
                await Task.Delay(5, TestContext.Current.CancellationToken); // the look goes on beside the flow
            time.Skip(TimeSpan.FromSeconds(31));
        }

        Assert.InRange(away.Connections, least, most);
        Assert.True(client.Overhead > away.Octets, $"{client.Overhead} of {away.Octets}"); // the other node's as well
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_quickest_node_is_not_probed_for_where_octets_cost_money(bool isMetered)
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        // So much slower that no load of the machine makes it the quickest, which flows would take.
        using var second = new CountedPath(bed.Node.Listening, slower: TimeSpan.FromSeconds(1));
        await using var client = Start(
            TimeProvider.System, isMetered, fastest: true, bed.LinkOf(bed.Person), bed.LinkOf(bed.Person, second.Port));
        for (var flow = 0; flow < 3; flow++)
            Assert.Equal((5, true), await LocalTalk.SocksAsync(client, "127.0.0.1", 1));
        for (var tries = 0; tries < 20 && second.Connections == 0; tries++)
            await Task.Delay(10, TestContext.Current.CancellationToken);
        Assert.Equal(isMetered ? 0 : 1, second.Connections);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_spent_on_a_look_is_what_the_wire_had(bool answers)
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        using var path = new CountedPath(answers ? bed.Node.Listening : null);
        await using var client = Start(
            TimeProvider.System, isMetered: false, fastest: false, bed.LinkOf(bed.Person, path.Port));
        var loop = client.Loops.Next();
        var look = loop.RunAsync(() => client.Nodes.LookAsync(loop));
        if (answers)
            await look;
        else
            await Assert.ThrowsAnyAsync<Exception>(() => look);
        for (var (before, tries) = (0L, 0); tries < 20 && before != path.Octets; tries++)
        {
            before = path.Octets;
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        // What the node still says to one who has left, its tickets, is not read by him.
        Assert.InRange(client.Overhead, path.Octets * 3 / 4, path.Octets);
        Assert.InRange(path.Octets, 1_000, 50_000);
    }

    private static LocalProxy Start(TimeProvider time, bool isMetered, bool fastest, params VlessLink[] links) =>
        LocalProxy.Start(
            new ClientPlan
            {
                Listen = new IPEndPoint(IPAddress.Loopback, 0),
                Link = links[0],
                Others = links[1..],
                Profile = "chromium-156",
                Endpoints = EndpointPlan.Default with { IsMetered = isMetered, TakesFastest = fastest },
            },
            BrowserProfile.Default,
            time,
            e => Assert.Fail(e.ToString()));
}
