using System.Net;
using Karez.Camouflage.Browser;
using Karez.Client;
using Karez.Client.Endpoints;

namespace Karez.Server.Tests;

/// <summary>No address takes new flows while it has more than its share.</summary>
public class ShareTests
{
    private const int Whole = 64 << 20;

    [Fact]
    public async Task What_a_running_download_moved_counts_and_the_next_flow_takes_the_other_address()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        await using var origin = new TestSite((byte)'o', null);
        using var first = new CountedPath(bed.Node.Listening);
        using var second = new CountedPath(bed.Node.Listening, IPAddress.Parse("127.0.0.2"));
        await using var client = LocalProxy.Start(
            new ClientPlan
            {
                Listen = new IPEndPoint(IPAddress.Loopback, 0),
                Link = bed.LinkOf(bed.Person, first.Port),
                Others = [bed.LinkOf(bed.Person, second.Port, host: "127.0.0.2")],
                Profile = "chromium-156",
                Endpoints = new EndpointPlan { MaxShare = 0.6 },
            },
            BrowserProfile.Default,
            TimeProvider.System,
            e => Assert.Fail(e.ToString()));

        using var http = ChannelBed.Through(client);
        await using var download = await http.GetStreamAsync(origin.Page(Whole));
        await TakeAsync(download, 1 << 20);
        Assert.Equal((5, true), await LocalTalk.SocksAsync(client, "127.0.0.1", 1));
        Assert.Equal((2, 0), (first.Connections, second.Connections)); // too early to judge

        await TakeAsync(download, 31 << 20);
        var running = client.Nodes.Status;
        Assert.InRange(running[0].Octets, 32 << 20, Whole);
        Assert.Equal((100, 0), (running[0].SharePercent, running[1].SharePercent));
        Assert.Equal((5, true), await LocalTalk.SocksAsync(client, "127.0.0.1", 1));
        Assert.Equal((2, 1), (first.Connections, second.Connections));

        // What runs is left where it is, beyond any share, and counts once.
        await TakeAsync(download, Whole - (32 << 20));
        download.Close();
        http.Dispose();
        for (var tries = 0; tries < 100 && client.Nodes.Status[0].Connections > 0; tries++)
            await Task.Delay(50, TestContext.Current.CancellationToken);
        var over = client.Nodes.Status;
        Assert.Equal(0, over[0].Connections);
        Assert.InRange(over[0].Octets, Whole, Whole + (1 << 20));
        Assert.Equal((5, true), await LocalTalk.SocksAsync(client, "127.0.0.1", 1));
        Assert.Equal((2, 2), (first.Connections, second.Connections));
    }

    private static async Task TakeAsync(Stream stream, int octets) => await stream
        .ReadExactlyAsync(new byte[octets], TestContext.Current.CancellationToken).AsTask()
        .WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
}
