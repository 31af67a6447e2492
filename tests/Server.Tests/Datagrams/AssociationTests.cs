using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Karez.Contracts;
using Karez.Net.Relay;

namespace Karez.Server.Tests.Datagrams;

public class AssociationTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Datagrams_are_echoed_through_the_channel(bool vision)
    {
        await using var bed = await ChannelBed.StartAsync(vision);
        await using var echo = new UdpEcho();
        using var program = await SocksUdp.StartAsync(bed.Client);
        foreach (var length in new[] { 1, 2, 100, 1_200, 1_472, 4_000, 7_000, 7_526 })
        {
            var payload = Enumerable.Range(0, length).Select(i => (byte)(i * 7)).ToArray();
            await program.SendAsync(echo.EndPoint, payload);
            var (source, answer) = await program.ReceiveAsync();
            Assert.Equal(echo.EndPoint.ToString(), source.ToString());
            Assert.Equal(payload, answer);
        }

        Assert.Single(echo.Senders.Distinct());
        Assert.True(bed.Node.Membership.Members.Single(m => m.Person == bed.Person).Down > 21_000);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Names_are_resolved_at_the_node(bool vision)
    {
        await using var bed = await ChannelBed.StartAsync(vision);
        await using var echo = new UdpEcho();
        using var program = await SocksUdp.StartAsync(bed.Client);
        for (var i = 0; i < 3; i++)
        {
            await program.SendAsync("localhost", echo.EndPoint.Port, "by name"u8.ToArray());
            var (source, answer) = await program.ReceiveAsync();
            Assert.Equal(echo.EndPoint.ToString(), source.ToString());
            Assert.Equal("by name"u8.ToArray(), answer);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_association_reaches_many_and_anybody_may_answer(bool vision)
    {
        await using var bed = await ChannelBed.StartAsync(vision);
        await using var first = new UdpEcho();
        await using var second = new UdpEcho("127.0.0.2");
        await using var third = new UdpEcho("127.0.0.3");
        using var program = await SocksUdp.StartAsync(bed.Client);
        await program.SendAsync(first.EndPoint, new byte[] { 1 });
        Assert.Equal(first.EndPoint.ToString(), (await program.ReceiveAsync()).Source.ToString());
        await program.SendAsync(second.EndPoint, new byte[] { 2 });
        Assert.Equal(second.EndPoint.ToString(), (await program.ReceiveAsync()).Source.ToString());
        Assert.Equal(Assert.Single(first.Senders).Port, Assert.Single(second.Senders).Port);

        var mapped = new IPEndPoint(IPAddress.Loopback, first.Senders.First().Port);
        third.Send("unasked"u8, mapped);
        var (source, payload) = await program.ReceiveAsync();
        Assert.Equal(third.EndPoint.ToString(), source.ToString());
        Assert.Equal("unasked"u8.ToArray(), payload);
    }

    [Fact]
    public async Task Empty_oversized_fragmented_and_foreign_datagrams_are_dropped()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        await using var echo = new UdpEcho();
        using var program = await SocksUdp.StartAsync(bed.Client);
        await program.SendAsync(echo.EndPoint, new byte[7_527]);
        await program.SendAsync(echo.EndPoint, new byte[40_000]);
        await program.SendAsync(echo.EndPoint, Array.Empty<byte>());
        await program.Socket.SendToAsync(new byte[] { 0, 0, 1, 1, 127, 0, 0, 1, 0, 9, 7 }, program.Relay);
        await program.Socket.SendToAsync(new byte[] { 0, 0 }, program.Relay);
        await program.ExpectNothingAsync();
        Assert.Empty(echo.Senders);

        await program.SendAsync(echo.EndPoint, "good"u8.ToArray());
        Assert.Equal("good"u8.ToArray(), (await program.ReceiveAsync()).Payload);
        using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        stranger.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.9"), 0));
        await program.SendAsync("127.0.0.1", echo.EndPoint.Port, "not mine"u8.ToArray(), stranger);
        await program.ExpectNothingAsync();
        Assert.Single(echo.Senders);
    }

    [Theory]
    [InlineData(Karez.Config.Links.VlessLink.VisionFlow, true)]
    [InlineData(Karez.Config.Links.VlessLink.VisionUdp443Flow, false)]
    public async Task Port_443_is_refused_unless_the_link_allows_it(string flow, bool refused)
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        await using var client = bed.Connect(bed.LinkOf(bed.Person, flow: flow));
        using var program = await SocksUdp.StartAsync(client);
        await program.SendAsync("127.0.0.1", 443, "quic"u8.ToArray());
        var until = DateTime.UtcNow.AddSeconds(10);
        while (!IsDecided() && DateTime.UtcNow < until)
            await Task.Delay(10);
        Assert.True(IsDecided());
        Assert.Equal(refused ? 1 : 0, client.RefusedDatagrams);

        // Refused here, or arrived at the node.
        bool IsDecided() => refused
            ? client.RefusedDatagrams > 0
            : bed.Node.Membership.Members.Single(m => m.Person == bed.Person).Up > 0;
    }

    [Fact]
    public async Task The_exit_refuses_loopback_unless_the_lab_allows_it()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true, allowPrivate: false);
        await using var echo = new UdpEcho();
        using var program = await SocksUdp.StartAsync(bed.Client);
        await program.SendAsync(echo.EndPoint, "in"u8.ToArray());
        await program.SendAsync("localhost", echo.EndPoint.Port, "in"u8.ToArray());
        await program.SendAsync("::ffff:127.0.0.1", echo.EndPoint.Port, "in"u8.ToArray());
        await program.ExpectNothingAsync(1.5);
        Assert.Empty(echo.Senders);
        Assert.True(bed.Node.Membership.Members.Single(m => m.Person == bed.Person).Up > 0); // it did get there
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_cut_the_next_datagram_finds_the_same_socket(bool vision)
    {
        await using var bed = await ChannelBed.StartAsync(vision);
        await using var path = new CuttingPath(bed.Node.Listening);
        await using var client = bed.Connect(bed.LinkOf(bed.Person, path.Port));
        await using var echo = new UdpEcho();
        using var program = await SocksUdp.StartAsync(client);
        for (var cut = 0; cut < 4; cut++)
        {
            // What is sent before the client has noticed a cut is lost, as on any path.
            byte[]? answer = null;
            for (var attempt = 0; attempt < 20 && answer is null; attempt++)
            {
                await program.SendAsync(echo.EndPoint, new[] { (byte)cut });
                try
                {
                    var heard = (await program.ReceiveAsync(TimeSpan.FromSeconds(1))).Payload;
                    answer = heard[0] == cut ? heard : null; // another one's answer was late
                }
                catch (OperationCanceledException)
                {
                    // Again.
                }
            }

            Assert.Equal(new[] { (byte)cut }, answer!);
            path.Cut();
        }

        Assert.True(path.Connections >= 4);
        Assert.Single(echo.Senders.Distinct());
    }

    [Fact]
    public async Task A_revoked_persons_datagrams_stop_within_a_second()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        await using var echo = new UdpEcho();
        using var program = await SocksUdp.StartAsync(bed.Client);
        await program.SendAsync(echo.EndPoint, new byte[] { 1 });
        await program.ReceiveAsync();
        Assert.Equal(1, bed.Node.Sockets.Count);
        var member = bed.Node.Membership.Members.Single(m => m.Flows == 1);
        bed.Node.Reload(new Roster([bed.Other]));
        var began = Stopwatch.GetTimestamp();
        await Until(() => bed.Node.Sockets.Count == 0, 1);
        await Until(() => member.Flows == 0, 1 - Stopwatch.GetElapsedTime(began).TotalSeconds);
        await Until(() => bed.Node.Loops.OutstandingBuffers == 0, 5); // nor is anything kept of it
        var seen = echo.Senders.Count;
        await program.SendAsync(echo.EndPoint, new byte[] { 2 });
        echo.Send("late"u8, echo.Senders.First());
        await program.ExpectNothingAsync(1);
        Assert.Equal(seen, echo.Senders.Count);
    }

    [Fact]
    public async Task A_still_stream_ends_and_the_next_datagram_comes_from_the_same_port()
    {
        var limits = new DatagramLimits { Idle = TimeSpan.FromSeconds(1) };
        await using var bed = await ChannelBed.StartAsync(vision: true, datagrams: limits);
        await using var echo = new UdpEcho();
        using var program = await SocksUdp.StartAsync(bed.Client);
        await program.SendAsync(echo.EndPoint, new byte[] { 1 });
        await program.ReceiveAsync();
        await Until(() => bed.Node.Membership.Members.All(m => m.Flows == 0), 5);
        await Until(() => bed.Client.Loops.OutstandingBuffers == 0, 5);
        await Task.Delay(200);
        await program.SendAsync(echo.EndPoint, new byte[] { 2 });
        Assert.Equal(new byte[] { 2 }, (await program.ReceiveAsync()).Payload);
        Assert.Single(echo.Senders.Distinct());
    }

    [Fact]
    public async Task The_association_ends_with_its_tcp_connection()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        await using var echo = new UdpEcho();
        var program = await SocksUdp.StartAsync(bed.Client);
        await program.SendAsync(echo.EndPoint, new byte[] { 1 });
        await program.ReceiveAsync();
        program.Dispose();
        await Until(() => bed.Client.Loops.Flows == 0 && bed.Client.Loops.OutstandingBuffers == 0, 5);
        await Until(() => bed.Node.Membership.Members.All(m => m.Flows == 0), 5);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ten_thousand_datagrams_leave_nothing_behind(bool vision)
    {
        await using var bed = await ChannelBed.StartAsync(vision);
        await using var echo = new UdpEcho();
        using var program = await SocksUdp.StartAsync(bed.Client);
        const int total = 10_000, window = 32;
        var seen = new bool[total];
        int sent = 0, back = 0;
        while (back < total)
        {
            for (; sent < total && sent - back < window; sent++)
            {
                var payload = new byte[4 + (sent % 1_400)];
                BitConverter.TryWriteBytes(payload, sent);
                await program.SendAsync(echo.EndPoint, payload);
            }

            var (_, answer) = await program.ReceiveAsync();
            var number = BitConverter.ToInt32(answer);
            Assert.Equal(4 + (number % 1_400), answer.Length);
            Assert.False(seen[number]);
            seen[number] = true;
            back++;
        }

        await Until(() => bed.Client.Loops.OutstandingBuffers + bed.Node.Loops.OutstandingBuffers == 0, 5);
    }

    internal static async Task Until(
        Func<bool> condition, double seconds, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        var began = Stopwatch.GetTimestamp();
        while (!condition())
        {
            var took = Stopwatch.GetElapsedTime(began).TotalSeconds;
            Assert.True(took < seconds, $"not after {took:0.000} s: {what}");
            await Task.Delay(10);
        }
    }
}
