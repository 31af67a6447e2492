using System.Net;
using System.Net.Sockets;
using Karez.Camouflage.Browser;
using Karez.Client;
using Karez.Client.Device;
using Karez.Client.Subscriptions;
using Karez.Config;
using Karez.Config.Links;
using Karez.Server.Tests.Datagrams;
using Karez.Server.Tests.Sharing;
using Karez.Tests;

namespace Karez.Server.Tests;

/// <summary>A link that names its node by a name, and whoever could see the questions for it.</summary>
public sealed class NodeNameTests : IDisposable
{
    private const string Name = "node.example.com";
    private static readonly IPAddress s_nobody = IPAddress.Parse("127.0.0.99");

    private readonly string _folder = Directory.CreateTempSubdirectory("kzn").FullName;
    private readonly List<string> _asked = [];
    private IPAddress _answer = IPAddress.Loopback;

    private string File => Path.Combine(_folder, "node-addresses.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_second_start_asks_nobody()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        await using var origin = new TalkOrigin();
        await VisitAsync(bed, origin);
        Assert.Equal([Name], _asked);
        await VisitAsync(bed, origin);
        Assert.Equal([Name], _asked);
    }

    [Fact]
    public async Task A_node_that_moved_is_found_by_one_question_and_its_address_is_kept()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        await using var origin = new TalkOrigin();
        new NodeAddresses(File, TimeProvider.System).Remember(Name, s_nobody);
        await VisitAsync(bed, origin);
        Assert.Equal([Name], _asked);
        Assert.Equal(IPAddress.Loopback, new NodeAddresses(File, TimeProvider.System).Remembered(Name));
        await VisitAsync(bed, origin);
        Assert.Equal([Name], _asked);
    }

    [Fact]
    public async Task A_node_that_is_away_is_asked_for_once_however_many_flows_there_are()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        _answer = s_nobody;
        new NodeAddresses(File, TimeProvider.System).Remember(Name, s_nobody);
        await using var client = Connect(bed);
        for (var i = 0; i < 10; i++)
            Assert.NotEqual(0, (await LocalTalk.SocksAsync(client, "127.0.0.1", 9)).Reply);
        Assert.Equal([Name], _asked);
    }

    [Fact]
    public async Task Once_the_channel_works_the_name_is_asked_for_through_it_and_the_answer_is_kept()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        await using var origin = new TalkOrigin();
        using var resolver = new TcpListener(IPAddress.Loopback, 0);
        resolver.Start();
        var answering = AnswerAsync(resolver, s_nobody);
        await using var client = Connect(bed);
        var addresses = new NodeAddresses(File, TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var looks = 0;
        var refreshing = new NodeNames(client, addresses, [(IPEndPoint)resolver.LocalEndpoint], TimeProvider.System)
            .RunAsync(() => looks++ > 0, stop.Token);
        Assert.Equal(Name, await answering.WaitAsync(TimeSpan.FromSeconds(20)));
        await AssociationTests.Until(() => s_nobody.Equals(addresses.Remembered(Name)), 5);
        Assert.Equal(s_nobody, new NodeAddresses(File, TimeProvider.System).Remembered(Name));
        Assert.Equal([Name], _asked); // the first start's own
        await stop.CancelAsync();
        await refreshing;
        await VisitAsync(bed, origin); // what was heard is old: where the node answered last is tried as well
        Assert.Equal([Name], _asked);
    }

    [Fact]
    public async Task Behind_a_device_a_name_that_a_subscription_brings_is_asked_for_through_the_channel_alone()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        using var first = new CountedPath(bed.Node.Listening);
        using var mirror = new DocumentServer(() => ("200 OK", bed.LinkOf(bed.Person, host: Name).Format()));
        using var resolver = new TcpListener(IPAddress.Loopback, 0);
        resolver.Start();
        var time = new SkippingTime();
        await using var client = LocalProxy.Start(
            PlanOf(bed.LinkOf(bed.Person, first.Port)) with
            {
                Own = 1,
                Subscriptions = [new Subscription(new SubscriptionConfig([mirror.Url]), _folder)],
                FarResolvers = [(IPEndPoint)resolver.LocalEndpoint],
            },
            BrowserProfile.Default,
            time,
            e => Assert.Fail(e.ToString()));

        // The first time the resolver tells nothing: the node waits, and is in nobody's way.
        await SkipAsync(time, TimeSpan.FromSeconds(20));
        (await resolver.AcceptTcpClientAsync(TestContext.Current.CancellationToken)).Dispose();
        await AssociationTests.Until(() => time.IsAwaited(TimeSpan.FromMinutes(10)), 20);
        Assert.Equal(first.Port, Assert.Single(client.Nodes.Links).Port);

        // The next time the list is the same, and the resolver answers.
        var answering = AnswerAsync(resolver, IPAddress.Loopback);
        time.Skip(TimeSpan.FromMinutes(10));
        Assert.Equal(Name, await answering.WaitAsync(TimeSpan.FromSeconds(20)));
        await AssociationTests.Until(() => client.Nodes.Links.Count() == 2, 20);
        Assert.Equal(IPAddress.Loopback, new NodeAddresses(File, TimeProvider.System).Remembered(Name));
        first.Dispose();
        Assert.Equal((5, true), await LocalTalk.SocksAsync(client, "127.0.0.1", 1));
        Assert.Equal(Name, client.Nodes.Current.Host);
        Assert.Empty(_asked);
    }

    /// <summary>Puts the clock forward to the end of a wait, once somebody waits so long.</summary>
    private static async Task SkipAsync(SkippingTime time, TimeSpan span)
    {
        await AssociationTests.Until(() => time.IsAwaited(span), 20);
        time.Skip(span);
    }

    /// <summary>Answers one question by TCP (RFC 7766); the name that was asked for.</summary>
    private static async Task<string> AnswerAsync(TcpListener listener, IPAddress address)
    {
        using var client = await listener.AcceptTcpClientAsync();
        var stream = client.GetStream();
        var length = new byte[2];
        await stream.ReadExactlyAsync(length);
        var query = new byte[(length[0] << 8) | length[1]];
        await stream.ReadExactlyAsync(query);
        var labels = new List<string>();
        for (var at = 12; query[at] > 0; at += 1 + query[at])
            labels.Add(System.Text.Encoding.ASCII.GetString(query, at + 1, query[at]));
        byte[] answer =
        [
            .. query[..2], 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, .. query[12..],
            0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, .. address.GetAddressBytes(),
        ];
        await stream.WriteAsync((byte[])[(byte)(answer.Length >> 8), (byte)answer.Length, .. answer]);
        return string.Join('.', labels);
    }

    private async Task VisitAsync(ChannelBed bed, TalkOrigin origin)
    {
        await using var client = Connect(bed);
        var visits = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => TalkVisit.EchoAsync(client, origin.At)));
        foreach (var visit in visits)
            visit.Dispose();
    }

    private LocalProxy Connect(ChannelBed bed) => LocalProxy.Start(
        PlanOf(bed.LinkOf(bed.Person, host: Name)), BrowserProfile.Default, TimeProvider.System, _ => { });

    private ClientPlan PlanOf(VlessLink link) => new()
    {
        Listen = new IPEndPoint(IPAddress.Loopback, 0),
        Link = link,
        Profile = "chromium-156",
        Addresses = new NodeAddresses(File, TimeProvider.System)
        {
            AskInClear = host =>
            {
                lock (_asked)
                    _asked.Add(host);
                return Task.FromResult<IPAddress?>(_answer);
            },
        },
    };
}
