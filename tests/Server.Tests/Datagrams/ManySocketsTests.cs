using System.Diagnostics;
using System.Net;
using Karez.Client;
using Karez.Client.Endpoints;
using Karez.Contracts;
using Karez.Net.Relay;
using Karez.Server.Tests.Sharing;

namespace Karez.Server.Tests.Datagrams;

/// <summary>More local sockets than there are places for at the node's address.</summary>
public class ManySocketsTests
{
    private const int Many = 40;

    private static EndpointStatus StatusOf(LocalProxy client) => client.Nodes.Status[0];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Forty_sockets_at_once_hold_few_connections_and_hear_their_own_echoes(bool vision)
    {
        await using var bed = await ChannelBed.StartAsync(vision);
        await using var echo = new UdpEcho();
        var programs = await StartAsync(bed.Client, Many);
        for (var round = 0; round < 20; round++)
            await EchoAllAsync(programs, echo, round);
        var status = StatusOf(bed.Client);
        Assert.Equal((4, 4, 0L), (status.Connections, status.Most, status.Beyond));
        Assert.Equal((Many - 4, (long)Many - 4), (status.Shared, status.SharedTotal));
        Assert.Equal(Many, echo.Senders.Distinct().Count()); // an outer port each
        foreach (var program in programs)
            program.Dispose();
        await AssociationTests.Until(() => StatusOf(bed.Client) is { Connections: 0, Shared: 0 }, 5);
        await AssociationTests.Until(() => bed.Node.Connections == 0, 5);
        await AssociationTests.Until(
            () => bed.Client.Loops.OutstandingBuffers + bed.Node.Loops.OutstandingBuffers == 0, 5);
    }

    [Fact]
    public async Task Each_socket_of_a_stream_is_open_to_anybody()
    {
        await using var bed = await StartCrowdedAsync();
        await using var echo = new UdpEcho();
        await using var stranger = new UdpEcho("127.0.0.3");
        var programs = await StartAsync(bed.Client, 6);
        await EchoAllAsync(programs, echo, 0);
        Assert.Equal(1, StatusOf(bed.Client).Connections);
        foreach (var program in programs)
        {
            await program.SendAsync(echo.EndPoint, "who am I"u8.ToArray());
            await program.ReceiveAsync();
            stranger.Send("unasked"u8, new IPEndPoint(IPAddress.Loopback, echo.Senders.Last().Port));
            var (source, payload) = await program.ReceiveAsync();
            Assert.Equal(stranger.EndPoint.ToString(), source.ToString());
            Assert.Equal("unasked"u8.ToArray(), payload);
        }
    }

    [Fact]
    public async Task One_that_ends_leaves_the_others_and_the_last_one_takes_the_stream_along()
    {
        await using var bed = await StartCrowdedAsync();
        await using var echo = new UdpEcho();
        var programs = await StartAsync(bed.Client, 5);
        await EchoAllAsync(programs, echo, 0);
        for (var left = programs.Length - 1; left > 0; left--)
        {
            programs[0].Dispose(); // first the one whose stream it was
            programs = programs[1..];
            await AssociationTests.Until(() => bed.Client.Loops.Flows == left + 1, 5); // and the stream
            await EchoAllAsync(programs, echo, left);
            Assert.Equal(1, StatusOf(bed.Client).Connections);
        }

        Assert.Equal(5, echo.Senders.Distinct().Count());
        programs[0].Dispose();
        await AssociationTests.Until(() => StatusOf(bed.Client) is { Connections: 0, Shared: 0 }, 5);
        Assert.Equal((1, 0L), (StatusOf(bed.Client).Most, StatusOf(bed.Client).Beyond));
    }

    [Fact]
    public async Task A_still_socket_leaves_the_stream_and_comes_back_to_its_outer_port()
    {
        await using var bed = await ChannelBed.StartAsync(
            vision: true, datagrams: new DatagramLimits { Idle = TimeSpan.FromSeconds(1) },
            endpoints: s_crowded);
        await using var echo = new UdpEcho();
        var programs = await StartAsync(bed.Client, 2);
        await EchoAllAsync(programs, echo, 0);
        for (var i = 1; i < 15; i++)
        {
            await EchoAsync(programs[0], echo, 0, i); // goes on
            await Task.Delay(200);
        }

        await AssociationTests.Until(() => bed.Node.Sockets.Count == 2, 1);
        await EchoAsync(programs[1], echo, 1, 15);
        Assert.Equal(2, echo.Senders.Distinct().Count());
        Assert.Equal(1, StatusOf(bed.Client).Connections);
    }

    [Fact]
    public async Task A_stream_that_breaks_comes_back_for_all_of_its_sockets()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        await using var path = new CuttingPath(bed.Node.Listening);
        await using var client = bed.Connect(bed.LinkOf(bed.Person, path.Port), endpoints: s_crowded);
        await using var echo = new UdpEcho();
        var programs = await StartAsync(client, 8);
        await EchoAllAsync(programs, echo, 0);
        for (var cut = 1; cut < 4; cut++)
        {
            Assert.Equal(cut, path.Connections);
            path.Cut();
            await AssociationTests.Until(() => StatusOf(client).Connections == 0, 5);
            await EchoAllAsync(programs, echo, cut);
        }

        Assert.Equal(8, echo.Senders.Distinct().Count());
        Assert.Equal((1, 7, 1), (StatusOf(client).Connections, StatusOf(client).Shared, StatusOf(client).Most));
    }

    [Fact]
    public async Task A_revoked_persons_sockets_stop_within_a_second()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        await using var echo = new UdpEcho();
        var programs = await StartAsync(bed.Client, Many);
        await EchoAllAsync(programs, echo, 0);
        Assert.Equal(Many, bed.Node.Sockets.Count);
        var began = Stopwatch.GetTimestamp();
        bed.Node.Reload(new Roster([bed.Other]));
        await AssociationTests.Until(() => bed.Node.Sockets.Count == 0, 1);
        await AssociationTests.Until(
            () => bed.Node.Membership.Members.All(m => m.Flows == 0),
            1 - Stopwatch.GetElapsedTime(began).TotalSeconds);
        var seen = echo.Senders.Count;
        foreach (var program in programs)
            await program.SendAsync(echo.EndPoint, new byte[] { 2 });
        await programs[0].ExpectNothingAsync(1);
        Assert.Equal(seen, echo.Senders.Count);
    }

    [Fact]
    public async Task Where_flows_hold_all_places_the_first_socket_still_has_one()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true, sharing: false);
        await using var origin = new TalkOrigin();
        await using var echo = new UdpEcho();
        var visits = await Task.WhenAll(
            Enumerable.Range(0, 11).Select(_ => TalkVisit.EchoAsync(bed.Client, origin.At)));
        var programs = await StartAsync(bed.Client, Many);
        var began = Stopwatch.GetTimestamp();
        await EchoAllAsync(programs, echo, 0);
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 0, 4);
        var status = StatusOf(bed.Client);
        Assert.Equal((12, 12, Many - 1, 0L), (status.Connections, status.Most, status.Shared, status.Beyond));
        foreach (var visit in visits)
            visit.Dispose();
    }

    [Fact]
    public async Task Ten_thousand_datagrams_of_ten_sockets_pass_from_loop_to_loop()
    {
        await using var bed = await StartCrowdedAsync();
        await using var echo = new UdpEcho();
        var programs = await StartAsync(bed.Client, 10);
        await EchoAllAsync(programs, echo, 0);
        await Task.WhenAll(programs.Select(async (program, number) =>
        {
            for (var i = 0; i < 1_000; i += 4)
            {
                for (var j = 0; j < 4; j++)
                    await program.SendAsync(echo.EndPoint, PayloadOf(number, i + j));
                for (var j = 0; j < 4; j++)
                {
                    var (_, answer) = await program.ReceiveAsync();
                    Assert.Equal(PayloadOf(number, BitConverter.ToInt32(answer, 4)), answer);
                }
            }
        }));
        Assert.Equal(1, StatusOf(bed.Client).Most);
    }

    /// <summary>One place for all: every socket is in one stream.</summary>
    private static readonly EndpointPlan s_crowded = new() { Connections = 3 };

    private static Task<ChannelBed> StartCrowdedAsync() => ChannelBed.StartAsync(vision: true, endpoints: s_crowded);

    private static Task<SocksUdp[]> StartAsync(LocalProxy client, int count) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(_ => SocksUdp.StartAsync(client)));

    private static Task EchoAllAsync(SocksUdp[] programs, UdpEcho echo, int round) =>
        Task.WhenAll(programs.Select((program, number) => EchoAsync(program, echo, number, round)));

    private static async Task EchoAsync(SocksUdp program, UdpEcho echo, int number, int round)
    {
        var payload = PayloadOf(number, round);
        await program.SendAsync(echo.EndPoint, payload);
        var (source, answer) = await program.ReceiveAsync();
        Assert.Equal(echo.EndPoint.ToString(), source.ToString());
        Assert.Equal(payload, answer);
    }

    private static byte[] PayloadOf(int number, int round)
    {
        var payload = new byte[8 + ((number + (round * 97)) % 1_300)];
        payload.AsSpan().Fill((byte)(number + round));
        BitConverter.TryWriteBytes(payload, number);
        BitConverter.TryWriteBytes(payload.AsSpan(4), round);
        return payload;
    }
}
