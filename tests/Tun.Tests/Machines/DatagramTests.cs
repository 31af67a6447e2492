using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Karez.Beds;

namespace Karez.Tun.Tests.Machines;

/// <summary>UDP of a whole machine.</summary>
public class DatagramTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Datagrams_go_there_and_back_in_both_families_and_by_name()
    {
        Skip();
        await using var world = await World.StartAsync();
        using var four = world.EchoAt("203.0.113.10:7000");
        using var six = world.EchoAt("[2001:db8:5::10]:7000");
        Assert.Equal("203.0.113.10:7000", Exchange(world, "203.0.113.10:7000", 1200).ToString());
        Assert.Equal("[2001:db8:5::10]:7000", Exchange(world, "[2001:db8:5::10]:7000", 1200).ToString());

        // To a name's fake address: the answer comes from there, though the far side answers from its real one.
        var (_, printed) = await world.RunAsync("dig", "+short", World.Name, "A");
        Assert.Equal($"{printed.Trim()}:7000", Exchange(world, $"{printed.Trim()}:7000", 900).ToString());
        (_, printed) = await world.RunAsync("dig", "+short", World.Name, "AAAA");
        Assert.Equal($"[{printed.Trim()}]:7000", Exchange(world, $"[{printed.Trim()}]:7000", 900).ToString());
    }

    [Fact]
    public async Task Anybody_may_answer_and_the_far_side_keeps_one_port_for_a_source()
    {
        Skip();
        await using var world = await World.StartAsync();
        using var one = world.EchoAt("203.0.113.10:7000");
        using var other = world.EchoAt("203.0.113.10:7001");
        using var socket = world.Udp();
        socket.ReceiveTimeout = 5000;
        foreach (var echo in (Echo[])[one, other])
        {
            socket.SendTo("x"u8, echo.EndPoint);
            Assert.Equal(1, socket.Receive(new byte[10]));
        }

        Assert.True(one.Senders.TryPeek(out var seen) && other.Senders.TryPeek(out var again) && seen.Equals(again));
        using var stranger = world.EchoAt("203.0.113.10:7002");
        stranger.Send("hello"u8, seen!);
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        Assert.Equal(5, socket.ReceiveFrom(new byte[10], ref from));
        Assert.Equal("203.0.113.10:7002", from.ToString());
    }

    [Fact]
    public async Task Tunnels_that_wait_on_the_devices_loop_end_with_it_and_the_client_ends_after_it()
    {
        Skip();
        await using var world = await World.StartAsync(warm: 2);
        using var echo = world.EchoAt("203.0.113.10:7000");
        Exchange(world, "203.0.113.10:7000", 100);
        var patience = Stopwatch.StartNew();
        while (Live() < 3 && patience.Elapsed < TimeSpan.FromSeconds(10))
            await Task.Delay(20, TestContext.Current.CancellationToken);
        Assert.Equal(3, Live()); // the datagrams' own, and two that wait
        await world.Tun.DisposeAsync();
        Assert.Equal(0, Live());

        int Live() => world.Client.Nodes.Status.Single().Connections;
    }

    [Fact]
    public async Task A_datagram_in_fragments_arrives_whole_and_comes_back_whole()
    {
        Skip();
        await using var world = await World.StartAsync();
        using var four = world.EchoAt("203.0.113.10:7000");
        using var six = world.EchoAt("[2001:db8:5::10]:7000");
        Exchange(world, "203.0.113.10:7000", 5000);
        Exchange(world, "[2001:db8:5::10]:7000", 5000);
        Assert.Equal([5000], four.Lengths);
        Assert.Equal([5000], six.Lengths);
    }

    [Fact]
    public async Task Joined_datagrams_are_cut_into_what_they_were()
    {
        Skip();
        await using var world = await World.StartAsync();
        Assert.SkipWhen(!world.Device.Features.HasFlag(TunFeatures.JoinedUdp), "this kernel joins no UDP (before 6.2)");
        using var echo = world.EchoAt("203.0.113.10:7000");
        using var socket = world.Udp();
        socket.ReceiveTimeout = 5000;
        socket.SetRawSocketOption(17, 103, BitConverter.GetBytes(500)); // UDP_SEGMENT
        socket.SendTo(new byte[2300], echo.EndPoint);
        var lengths = Enumerable.Range(0, 5).Select(_ => socket.Receive(new byte[4000])).ToList();
        Assert.Equal([300, 500, 500, 500, 500], lengths.Order());
        Assert.Equal([500, 500, 500, 500, 300], echo.Lengths);
    }

    [Fact]
    public async Task QUIC_is_refused_within_one_round_trip()
    {
        Skip();
        await using var world = await World.StartAsync();
        using var echo = world.EchoAt("203.0.113.10:443");
        foreach (var endPoint in (string[])["203.0.113.10:443", "[2001:db8:5::10]:443"])
        {
            var target = IPEndPoint.Parse(endPoint);
            using var socket = world.Udp(target.AddressFamily);
            socket.ReceiveTimeout = 5000;
            socket.Connect(target);
            var began = Stopwatch.GetTimestamp();
            socket.Send(new byte[1200]);
            var fault = Assert.Throws<SocketException>(() => socket.Receive(new byte[10]));
            Assert.Equal(SocketError.ConnectionRefused, fault.SocketErrorCode);
            output.WriteLine($"{endPoint}: refused after {Stopwatch.GetElapsedTime(began).TotalMilliseconds:0.00} ms");
            Assert.InRange(Stopwatch.GetElapsedTime(began).TotalMilliseconds, 0, 200);
        }

        Assert.Equal(2, world.Tun.Counters.RefusedQuic);
        Assert.Empty(echo.Lengths);
    }

    [Fact]
    public async Task QUIC_is_carried_where_that_is_wished()
    {
        Skip();
        await using var world = await World.StartAsync(o => o with { CarriesQuic = true });
        using var echo = world.EchoAt("203.0.113.10:443");
        Exchange(world, "203.0.113.10:443", 1200);
        Assert.Equal(0, world.Tun.Counters.RefusedQuic);
    }

    [Fact]
    public async Task A_call_keeps_its_pace()
    {
        Skip();
        await using var world = await World.StartAsync();
        using var echo = world.EchoAt("203.0.113.10:7000");
        const int packets = 500; // 10 s of G.711: 172 octets each 20 ms
        using var socket = world.Udp();
        socket.ReceiveTimeout = 20_000;
        socket.SendTo(new byte[172], echo.EndPoint); // the way is dialled
        socket.Receive(new byte[200]);
        socket.ReceiveTimeout = 2000;
        var sent = new long[packets];
        var received = new long[packets];
        var receiving = Task.Factory.StartNew(() =>
        {
            var packet = new byte[200];
            try
            {
                for (var i = 0; i < packets; i++)
                {
                    socket.Receive(packet);
                    received[BinaryPrimitives.ReadInt32BigEndian(packet)] = Stopwatch.GetTimestamp();
                }
            }
            catch (SocketException)
            {
                // What is missing is lost.
            }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var octets = new byte[172];
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < packets; i++)
        {
            var wait = TimeSpan.FromMilliseconds(20 * i) - Stopwatch.GetElapsedTime(began);
            if (wait > TimeSpan.Zero)
                Thread.Sleep(wait);
            BinaryPrimitives.WriteInt32BigEndian(octets, i);
            sent[i] = Stopwatch.GetTimestamp();
            socket.SendTo(octets, echo.EndPoint);
        }

        await receiving;
        var lost = received.Count(r => r == 0);
        var trips = Enumerable.Range(0, packets).Where(i => received[i] != 0)
            .Select(i => Stopwatch.GetElapsedTime(sent[i], received[i]).TotalMilliseconds).ToList();
        double jitter = 0; // RFC 3550 section 6.4.1
        for (var i = 1; i < trips.Count; i++)
            jitter += (Math.Abs(trips[i] - trips[i - 1]) - jitter) / 16;
        trips.Sort();
        output.WriteLine(
            $"{packets} packets, lost {lost}; there and back p50 {trips[trips.Count / 2]:0.00} ms, "
            + $"p99 {trips[trips.Count * 99 / 100]:0.00} ms, jitter {jitter:0.00} ms");
        Assert.InRange(lost, 0, 5);
        Assert.InRange(trips[trips.Count / 2], 0, 50);
    }

    /// <summary>Sends, and gives whom the answer is from.</summary>
    private static IPEndPoint Exchange(World world, string endPoint, int length)
    {
        var target = IPEndPoint.Parse(endPoint);
        using var socket = world.Udp(target.AddressFamily);
        socket.ReceiveTimeout = 10_000;
        var octets = new byte[length];
        new Random(length).NextBytes(octets);
        socket.SendTo(octets, target);
        var answer = new byte[length + 1];
        EndPoint from = new IPEndPoint(
            target.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        Assert.Equal(length, socket.ReceiveFrom(answer, ref from));
        Assert.True(answer.AsSpan(0, length).SequenceEqual(octets));
        return (IPEndPoint)from;
    }

    private static void Skip() => Assert.SkipWhen(Bed.WhyNot is not null, Bed.WhyNot ?? "");
}
