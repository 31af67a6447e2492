using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Karez.Beds;
using Karez.Tun.Flows;

namespace Karez.Tun.Tests.Machines;

/// <summary>TCP and names of a whole machine, by ordinary programs.</summary>
public class CarryTests
{
    public CarryTests() => Assert.SkipWhen(Bed.WhyNot is not null, Bed.WhyNot ?? "");

    [Theory]
    [InlineData("http://203.0.113.10/bytes/3000000")]
    [InlineData("http://[2001:db8:5::10]/bytes/3000000")]
    [InlineData("http://www.origin.example/bytes/3000000")]
    [InlineData("https://www.origin.example/bytes/3000000")]
    public async Task Curl_gets_a_page(string url)
    {
        await using var world = await World.StartAsync();
        foreach (var family in url.Contains('[') ? (string[])["-6"] : url.Contains("113") ? ["-4"] : ["-4", "-6"])
        {
            var (code, printed) = await world.RunAsync(
                "curl", family, "-skS", "-o", "/dev/null", "-w", "%{http_code} %{size_download}", "-m", "60", url);
            Assert.True(code == 0, printed);
            Assert.Equal("200 3000000", printed);
        }

        Assert.Empty(world.LanResolver.Asked);
        Assert.Equal(0, world.Tun.Counters.Malformed);
        Assert.Equal(0, world.Tun.Counters.LostWrites);
    }

    [Fact]
    public async Task An_upload_arrives_whole()
    {
        await using var world = await World.StartAsync();
        using var listener = world.Origin.Enter(() =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(IPEndPoint.Parse("203.0.113.10:9000"));
            socket.Listen();
            return socket;
        });
        using var program = world.Tcp();
        var octets = new byte[8_000_000];
        new Random(5).NextBytes(octets);
        var sending = Task.Run(async () =>
        {
            await program.ConnectAsync(IPEndPoint.Parse("203.0.113.10:9000"));
            for (var at = 0; at < octets.Length;)
                at += await program.SendAsync(octets.AsMemory(at, Math.Min(100_000, octets.Length - at)));
            program.Shutdown(SocketShutdown.Send);
        });
        using var server = await listener.AcceptAsync();
        var received = new MemoryStream();
        var buffer = new byte[65536];
        for (int count; (count = await server.ReceiveAsync(buffer)) > 0;)
            received.Write(buffer, 0, count);
        await sending;
        Assert.True(octets.AsSpan().SequenceEqual(received.ToArray()));
        await server.SendAsync("thanks"u8.ToArray()); // after the program's FIN: half-closed, not closed
        server.Shutdown(SocketShutdown.Send);
        Assert.Equal(6, await program.ReceiveAsync(buffer));
        Assert.Equal(0, await program.ReceiveAsync(buffer));
    }

    [Fact]
    public async Task Five_hundred_downloads_at_once_all_arrive()
    {
        await using var world = await World.StartAsync();
        await using var origin = world.Origin.Enter(
            () => GatheringOrigin.Start(IPEndPoint.Parse("203.0.113.10:8080"), 500, 200_000));
        var both = await Task.WhenAll(FetchAsync(), FetchAsync()); // one curl does 300 at once at most
        Assert.Equal(500, origin.Waiting);
        var printed = string.Concat(both.Select(one => one.Printed));
        var whole = Regex.Count(printed, @"\b200 200000\b");
        Assert.True(
            both.All(one => one.Code == 0) && whole == 500,
            $"{both[0].Code}, {both[1].Code}: {whole} of 500; {printed[..Math.Min(500, printed.Length)]}");
        Assert.Equal(0, world.Tun.Counters.TableFull);
        Assert.InRange(world.Tun.Counters.TcpFlows, 500, 1000);
        var status = world.Client.Nodes.Status[0];
        Assert.True(status is { Most: <= 12, Beyond: 0 }, status.ToString());

        async Task<(int Code, string Printed)> FetchAsync()
        {
            var config = Path.GetTempFileName();
            await File.WriteAllLinesAsync(config, Enumerable.Range(0, 250).SelectMany(i => (string[])
            [
                $"url = \"http://{(i % 2 == 0 ? World.Name : "203.0.113.10")}:8080/{i}\"", "output = /dev/null",
            ]));
            var result = await world.RunAsync(
                "curl", "-sS", "--no-progress-meter", "-Z", "--parallel-immediate", "--parallel-max", "250", "-m",
                "240", "-w", "%{http_code} %{size_download}\n", "-K", config);
            File.Delete(config);
            return result;
        }
    }

    [Fact]
    public async Task Dig_is_answered_by_UDP_and_TCP_whatever_server_it_asks()
    {
        await using var world = await World.StartAsync();
        Assert.SkipWhen(!File.Exists("/usr/bin/dig"), "dig is missing: apt-get install -y bind9-dnsutils");
        foreach (var server in (string[])["@198.18.0.2", "@8.8.8.8", "@2001:4860:4860::8888"])
        {
            foreach (var way in (string[])["+notcp", "+tcp"])
            {
                var (code, printed) = await world.RunAsync(
                    "dig", "+time=3", "+tries=1", way, server, World.Name, "A", World.Name, "AAAA", World.Name, "HTTPS");
                Assert.True(code == 0, printed);
                Assert.Contains("\tA\t198.1", printed, StringComparison.Ordinal);
                Assert.Contains("\tAAAA\tfd6b:6172:657a:1:", printed, StringComparison.Ordinal);
                Assert.Contains("ANSWER: 0", printed, StringComparison.Ordinal); // HTTPS
            }
        }

        Assert.Empty(world.LanResolver.Asked);
    }

    [Fact]
    public async Task Direct_names_and_addresses_go_past_the_channel_and_only_they()
    {
        await using var world = await World.StartAsync();
        world.Router.Names["home.example"] = FlowRoute.Direct;
        var (_, printed) = await world.RunAsync("dig", "+time=3", "+short", "home.example", "A");
        Assert.Equal("198.51.100.7", printed.Trim());
        await world.RunAsync("dig", "+time=3", "+short", World.Name, "A");
        Assert.Equal(["udp home.example A"], world.LanResolver.Asked);

        using var capture = world.Node.StartCapture();
        using var echo = world.EchoAt("172.16.5.1:7000", world.Lan);
        using var socket = world.Udp();
        socket.ReceiveTimeout = 5000;
        socket.SendTo("hello"u8, IPEndPoint.Parse("172.16.5.1:7000"));
        Assert.Equal(5, socket.Receive(new byte[100]));
        using var listener = world.Lan.Enter(() =>
        {
            var tcp = new TcpListener(IPEndPoint.Parse("172.16.5.1:7001"));
            tcp.Start();
            return tcp;
        });
        using var program = world.Tcp();
        await program.ConnectAsync(IPEndPoint.Parse("172.16.5.1:7001"));
        using var server = await listener.AcceptSocketAsync();
        await server.SendAsync("hello"u8.ToArray());
        Assert.Equal(5, await program.ReceiveAsync(new byte[100]));
        Assert.Equal("192.168.9.2", ((IPEndPoint)server.RemoteEndPoint!).Address.ToString());
        capture.Stop();
        // The node talks to its target whenever it likes; from or to dev (10.77.0.2) there is nothing.
        byte[] dev = [10, 77, 0, 2];
        Assert.DoesNotContain(
            capture.Packets, p => p.Frame.Length >= 34 && p.Frame.Span[26..34].IndexOf(dev) >= 0);
    }

    [Fact]
    public async Task What_is_refused_unknown_or_unreachable_ends_at_once()
    {
        await using var world = await World.StartAsync(o => o with { RefusesDoh = true });
        world.Router.Addresses[Ip.Headers.HostAddress.From(IPAddress.Parse("203.0.113.66"))] = FlowRoute.Refuse;
        await RefusedAsync("203.0.113.66:80"); // by a rule
        await RefusedAsync("198.18.77.77:80"); // a fake address that no name has
        await RefusedAsync("198.18.0.2:80"); // the peer itself
        await RefusedAsync("203.0.113.10:853"); // DNS over TLS
        await RefusedAsync("1.1.1.1:443"); // DNS over HTTPS
        Assert.Equal(5, world.Tun.Counters.RefusedFlows);

        // The program's connect has succeeded before the far side is asked: what it sees is a reset.
        using var program = world.Tcp();
        await program.ConnectAsync(IPEndPoint.Parse("203.0.113.10:81"));
        await program.SendAsync("GET / HTTP/1.0\r\n\r\n"u8.ToArray());
        var ended = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            if (await program.ReceiveAsync(new byte[10]).WaitAsync(TimeSpan.FromSeconds(20)) == 0)
                throw new EndOfStreamException();
        });
        Assert.IsNotType<TimeoutException>(ended);

        async Task RefusedAsync(string endPoint)
        {
            using var socket = world.Tcp();
            var fault = await Assert.ThrowsAsync<SocketException>(
                async () => await socket.ConnectAsync(IPEndPoint.Parse(endPoint)).WaitAsync(TimeSpan.FromSeconds(5)));
            Assert.Equal(SocketError.ConnectionRefused, fault.SocketErrorCode);
        }
    }

    [Fact]
    public async Task A_program_that_tries_the_listeners_port_gets_nothing_from_it()
    {
        await using var world = await World.StartAsync();
        var port = world.Dev.Enter(() => File.ReadAllLines("/proc/thread-self/net/tcp"))
            .Skip(1).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(f => f[3] == "0A" && f[1].StartsWith("010012C6", StringComparison.Ordinal)) // 198.18.0.1, listening
            .Select(f => Convert.ToInt32(f[1][9..], 16)).Single();
        using var program = world.Tcp();
        var fault = await Assert.ThrowsAsync<SocketException>(async () =>
        {
            // The reset may come before the connect has been told of.
            await program.ConnectAsync(new IPEndPoint(IPAddress.Parse("198.18.0.1"), port));
            await program.ReceiveAsync(new byte[10]).WaitAsync(TimeSpan.FromSeconds(5));
        });
        Assert.Equal(SocketError.ConnectionReset, fault.SocketErrorCode);
    }

    [Fact]
    public async Task The_peer_answers_a_ping_and_nobody_else_does()
    {
        await using var world = await World.StartAsync();
        Assert.SkipWhen(!File.Exists("/usr/bin/ping"), "ping is missing: apt-get install -y iputils-ping");
        Assert.Equal(0, (await world.RunAsync("ping", "-c", "1", "-W", "2", "198.18.0.2")).Code);
        Assert.Equal(0, (await world.RunAsync("ping", "-c", "1", "-W", "2", "fd6b:6172:657a::2")).Code);
        Assert.Equal(1, (await world.RunAsync("ping", "-c", "1", "-W", "1", "203.0.113.10")).Code);
    }

    [Fact]
    public async Task A_device_that_is_deleted_under_us_says_so_and_connections_end()
    {
        await using var world = await World.StartAsync();
        using var program = world.Tcp();
        await program.ConnectAsync(IPEndPoint.Parse("203.0.113.10:80"));
        world.Dev.Ip("link", "delete", "karez0");
        var why = await world.Tun.Ended.WaitAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(TunFault.DeviceGone, why?.Fault);
        Assert.Equal("karez0: the interface was deleted", why!.Message);
    }

    [Fact]
    public void A_second_device_of_the_name_is_refused_in_words()
    {
        using var bed = new Bed();
        var machine = bed.AddMachine("alone");
        using var device = machine.Enter(() => TunDevice.Open("karez0"));
        Assert.Equal("karez0", device.Name);
        Assert.True(device.Features.HasFlag(TunFeatures.JoinedTcp));
        var fault = Assert.Throws<TunException>(() => machine.Enter(() => TunDevice.Open("karez0")));
        Assert.Equal((TunFault.NameInUse, 16), (fault.Fault, fault.Errno));
        Assert.Equal(
            TunFault.BadName, Assert.Throws<TunException>(() => TunDevice.Open("a name that is too long")).Fault);
    }
}
