using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Karez.Beds;
using Karez.Client.Endpoints;
using Karez.Tests.Leaks;

namespace Karez.Device.Tests;

/// <summary>
/// Another address, another interface, and a way that swallows everything: seen at once, and new connections work
/// within a round trip and a handshake from then on.
/// </summary>
public class MoveTests
{
    private static readonly IPEndPoint s_page = IPEndPoint.Parse($"{DeviceBed.Origin}:80");

    [Fact]
    public async Task After_a_new_address_everything_works_at_once_and_nothing_of_the_old_one_is_left()
    {
        await using var bed = await DeviceBed.StartAsync();
        using var karez = await bed.ConnectAsync();
        using var talk = await Talk.StartAsync(bed);
        await talk.MovesAsync(karez, "10.9.0.1", () => bed.Move("10.9.0.1", "10.9.0.77"));
        talk.IsQuick();
    }

    [Fact]
    public async Task From_one_interface_to_another_and_back_everything_works_at_once_and_the_network_is_known_again()
    {
        await using var bed = await DeviceBed.StartAsync(hasSecondLink: true);
        var config = Path.Combine(Path.GetDirectoryName(bed.State)!, "client.json"); // the bed's own folder
        var other = bed.Vless.Replace("@198.51.100.2:", "@node.example.com:", StringComparison.Ordinal);
        await File.WriteAllTextAsync(config, $$"""{ "links": ["{{bed.Vless}}", "{{other}}"] }""");
        // Where the second interface leads to, the second link was the one that worked last.
        var networks = Path.Combine(bed.State, "networks.json");
        Directory.CreateDirectory(bed.State);
        var (home, away) = (NetworkOf(bed, bed.Link, "10.9.0.2"), NetworkOf(bed, bed.SecondLink, "10.8.0.2"));
        new NetworkMemory(networks).Keep(away, "node.example.com:443");
        using var karez = bed.Start(
            Path.Combine(AppContext.BaseDirectory, "karez"),
            "connect", "--tun", "--config", config, "--state", bed.State);
        await DeviceBed.HearAsync(karez, "connected");
        using var talk = await Talk.StartAsync(bed);

        await talk.MovesAsync(karez, "10.9.0.1", () => bed.Move(bed.Link, bed.SecondLink, "10.8.0.2"));
        // The second one was taken at once, and the first again when it was seen to be there.
        await DeviceBed.HearAsync(karez, "going through 198.51.100.2:443", 5);
        await talk.MovesAsync(karez, "10.8.0.1", () => bed.Move(bed.SecondLink, bed.Link, "10.9.0.2"));
        talk.IsQuick();
        // Both networks are known by their routers, and no other is: not one whose router was not known yet.
        var memory = new NetworkMemory(networks);
        Assert.Equal("198.51.100.2:443", memory.Recall(home));
        Assert.NotNull(memory.Recall(away)); // the first link works there as well, and is taken again
        using var kept = JsonDocument.Parse(await File.ReadAllTextAsync(networks));
        Assert.Equal(2, kept.RootElement.EnumerateObject().Count(p => p.Name != "key"));

        // Without any way it says so, and is there again as soon as there is one.
        bed.Near.Ip("link", "set", bed.Link, "down");
        var began = Stopwatch.StartNew();
        await DeviceBed.HearAsync(karez, "there is no network", 5);
        Assert.True(began.Elapsed < TimeSpan.FromSeconds(1), $"{began.Elapsed}");
        await bed.StateIsAsync("reconnecting");
        Assert.False((await bed.StatusAsync()).GetProperty("hasNetwork").GetBoolean());
        for (var tries = 0; tries < 50 && await TroubleAsync(bed) is null; tries++)
            await Task.Delay(50);
        Assert.Contains("there is no way to the network of the node", await TroubleAsync(bed), StringComparison.Ordinal);
        began = bed.TakeWay(bed.SecondLink, "10.8.0.2");
        await bed.StateIsAsync("connected");
        Assert.Null(await bed.FetchAsync());
        Assert.True((await bed.StatusAsync()).GetProperty("hasNetwork").GetBoolean());
        TestContext.Current.SendDiagnosticMessage($"from no network to a page: {began.ElapsedMilliseconds} ms");
        Assert.DoesNotContain("nothing listens", karez.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_way_that_swallows_everything_is_told_and_given_up_and_works_again_when_it_is_back()
    {
        await using var bed = await DeviceBed.StartAsync();
        using var karez = await bed.ConnectAsync();
        using var program = bed.Near.Enter(() => new Socket(SocketType.Stream, ProtocolType.Tcp));
        await program.ConnectAsync(s_page);
        var place = bed.Wire.Count;
        await bed.SwallowAsync(true);
        var began = Stopwatch.StartNew();
        await program.SendAsync("GET /bytes/10 HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
        var given = program.ReceiveAsync(new byte[100]);
        var fetching = bed.FetchAsync(seconds: 30);
        await bed.StateIsAsync("reconnecting", 30);
        var told = began.Elapsed;
        Assert.True(told < TimeSpan.FromSeconds(8), $"{told}");
        var status = await bed.StatusAsync();
        Assert.NotEmpty(status.GetProperty("trouble").GetString()!);
        Assert.NotEmpty(status.GetProperty("hint").GetString()!);
        Assert.NotNull(await fetching);
        var failed = began.Elapsed;
        await Assert.ThrowsAsync<SocketException>(() => given.WaitAsync(TimeSpan.FromSeconds(30)));
        var ended = began.Elapsed;
        Assert.DoesNotContain(bed.Wire.Since(place), s => s.What is Sighting.Other or Sighting.Dns);

        await bed.SwallowAsync(false);
        began.Restart();
        await bed.StateIsAsync("connected");
        var back = began.Elapsed;
        Assert.Null(await bed.FetchAsync());
        TestContext.Current.SendDiagnosticMessage(
            $"a way that swallows all: told after {told.TotalSeconds:0.0} s, a new connection failed after "
            + $"{failed.TotalSeconds:0.0} s, an old one after {ended.TotalSeconds:0.0} s; "
            + $"back after {back.TotalSeconds:0.0} s");
    }

    private static async Task<string?> TroubleAsync(DeviceBed bed) =>
        (await bed.StatusAsync()).TryGetProperty("trouble", out var trouble) ? trouble.GetString() : null;

    /// <summary>As a network is known: its router's address and hardware address.</summary>
    private static string NetworkOf(DeviceBed bed, string link, string router) =>
        $"{router} {DeviceBed.HardwareOf(bed.Far, link)}";

    /// <summary>A call and a download that are under way while the network changes.</summary>
    private sealed class Talk : IDisposable
    {
        private readonly DeviceBed _bed;
        private readonly UdpEcho _echo;
        private readonly Socket _call;
        private readonly List<(TimeSpan Noticed, TimeSpan Page, TimeSpan Call)> _took = [];

        private Talk(DeviceBed bed)
        {
            _bed = bed;
            _echo = UdpEcho.Start(bed.NodeMachine, $"{DeviceBed.Origin}:7000");
            _call = bed.Near.Enter(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        }

        public static async Task<Talk> StartAsync(DeviceBed bed)
        {
            var talk = new Talk(bed);
            await AskAsync(bed);
            await talk.SayAsync();
            return talk;
        }

        public void Dispose()
        {
            _call.Dispose();
            _echo.Dispose();
        }

        /// <summary>Changes the network, and looks at what becomes of everything.</summary>
        /// <param name="karez">The client.</param>
        /// <param name="from">The address that is left.</param>
        /// <param name="move">Gives the time since the new way is being given.</param>
        public async Task MovesAsync(MachineProcess karez, string from, Func<Stopwatch> move)
        {
            var caller = _echo.Senders[^1];
            using var still = await DownloadUnreadAsync(_bed);
            Assert.Contains($"{from}:", await ChannelsAsync(_bed), StringComparison.Ordinal);
            var (place, moves) = (_bed.Wire.Count, Moves(karez));
            var began = move();
            var noticing = Task.Run(async () =>
            {
                while (Moves(karez) == moves && began.Elapsed < TimeSpan.FromSeconds(5))
                    await Task.Delay(5);
                return began.Elapsed;
            });
            var paging = Task.Run(async () =>
            {
                await AskAsync(_bed);
                return began.Elapsed;
            });
            await SayAsync();
            _took.Add((await noticing, await paging, began.Elapsed));
            TestContext.Current.SendDiagnosticMessage(
                $"noticed after {_took[^1].Noticed.TotalMilliseconds:0} ms, a page after "
                + $"{_took[^1].Page.TotalMilliseconds:0}, a call goes on after {_took[^1].Call.TotalMilliseconds:0}");
            Assert.True(_took[^1].Noticed < TimeSpan.FromSeconds(1), $"{_took[^1]}");
            Assert.Equal(caller, _echo.Senders[^1]); // the far end of the call sees no change
            await _bed.StateIsAsync("connected");
            Assert.True((await _bed.StatusAsync()).GetProperty("hasNetwork").GetBoolean());
            // Also the one that waited for a program that does not read.
            for (var i = 0; i < 20 && (await ChannelsAsync(_bed)).Contains($"{from}:", StringComparison.Ordinal); i++)
                await Task.Delay(50);
            Assert.DoesNotContain($"{from}:", await ChannelsAsync(_bed), StringComparison.Ordinal);
            Assert.True(still.Poll(2_000_000, SelectMode.SelectError) || Ended(still));
            Assert.DoesNotContain(_bed.Wire.Since(place), s => s.What is Sighting.Other or Sighting.Dns);
        }

        /// <summary>The best of what was seen, as other programs take their time on the same machine.</summary>
        public void IsQuick()
        {
            Assert.True(_took.Min(t => t.Page) < TimeSpan.FromSeconds(1), string.Join(", ", _took));
            Assert.True(_took.Min(t => t.Call) < TimeSpan.FromSeconds(1), string.Join(", ", _took));
        }

        /// <summary>A page; a few are tried, as the way may not be there yet.</summary>
        private static async Task AskAsync(DeviceBed bed)
        {
            for (var tries = 0; ; tries++)
            {
                using var program = bed.Near.Enter(
                    () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
                using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
                try
                {
                    await program.ConnectAsync(s_page, patience.Token);
                    await program.SendAsync("GET /bytes/10 HTTP/1.0\r\n\r\n"u8.ToArray(), patience.Token);
                    var answer = new byte[4096];
                    var length = await program.ReceiveAsync(answer, patience.Token);
                    if (Encoding.ASCII.GetString(answer, 0, length).Contains(" 200 ", StringComparison.Ordinal))
                        return;
                }
                catch (Exception e) when (tries < 50 && e is SocketException or OperationCanceledException)
                {
                    await Task.Delay(10);
                }
            }
        }

        /// <summary>A datagram there and back; a few are tried, as the way may be dialled anew meanwhile.</summary>
        private async Task SayAsync()
        {
            var answer = new byte[100];
            for (var i = 0; i < 200; i++)
            {
                var words = Guid.NewGuid().ToByteArray();
                try
                {
                    await _call.SendToAsync(words, _echo.EndPoint);
                }
                catch (SocketException)
                {
                    await Task.Delay(25); // refused while there is no way
                }

                while (_call.Poll(25_000, SelectMode.SelectRead))
                {
                    var length = await _call.ReceiveAsync(answer);
                    if (words.AsSpan().SequenceEqual(answer.AsSpan(0, length)))
                        return;
                }
            }

            Assert.Fail("nothing came back");
        }

        private static int Moves(MachineProcess karez) => Regex.Count(karez.Printed, "the network changed");

        /// <summary>A program that asks for much and reads nothing, until every buffer on the way is full.</summary>
        private static async Task<Socket> DownloadUnreadAsync(DeviceBed bed)
        {
            var program = bed.Near.Enter(
                () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            await program.ConnectAsync(s_page);
            await program.SendAsync("GET /bytes/300000000 HTTP/1.0\r\n\r\n"u8.ToArray());
            for (var (before, i) = (-1, 0); i < 20 && before != bed.Wire.Count; i++)
            {
                before = bed.Wire.Count;
                await Task.Delay(300);
            }

            return program;
        }

        /// <summary>Connections to the node, also those that only the kernel still has.</summary>
        private static async Task<string> ChannelsAsync(DeviceBed bed) =>
            (await bed.RunAsync("ss", "-Htn", "state", "established", "dst", "198.51.100.2")).Printed;

        private static bool Ended(Socket socket)
        {
            try
            {
                var buffer = new byte[1 << 20];
                while (socket.Receive(buffer) > 0)
                {
                    // What had come before.
                }

                return true;
            }
            catch (SocketException e)
            {
                return e.SocketErrorCode == SocketError.ConnectionReset;
            }
        }
    }
}
