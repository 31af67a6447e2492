using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Karez.Cli.Tests;

/// <summary>More callers than descriptors, callers who say nothing, callers who say one octet a second.</summary>
[Collection(nameof(Crowded))]
public sealed class CrowdTests : NodeBed
{
    [Fact]
    public async Task The_soft_limit_is_raised_and_thousands_of_callers_are_held()
    {
        await using var node = KarezUnder("ulimit -Sn 1024", CrowdArguments());
        var (listen, link) = await NodeAsync(node);
        using var crowd = await Crowd.ComeAsync(listen, 2000);
        await using var client = await ConnectAsync(link, listen);
        using var http = Through(client.Listen);
        Assert.Equal(1000, (await http.GetByteArrayAsync(new Uri($"http://127.0.0.1:{Http}/bytes/1000"))).Length);
        var status = await StatusAsync();
        Assert.True(status.GetProperty("descriptorLimit").GetInt64() > 4096);
        Assert.InRange(status.GetProperty("connections").GetInt32(), 2000, 2100);
        Assert.DoesNotContain("new callers wait", node.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task At_the_hard_limit_it_stops_accepting_says_so_once_and_recovers()
    {
        await using var node = KarezUnder("ulimit -n 1024", CrowdArguments());
        var (listen, link) = await NodeAsync(node);
        using (await Crowd.ComeAsync(listen, 1500))
        {
            await node.HearAsync("new callers wait");
            await node.HearAsync("hint: raise ulimit -Hn");
            var status = await StatusAsync();
            var descriptors = status.GetProperty("descriptors").GetInt64();
            Assert.True(descriptors < 1024, $"{descriptors}");
            Assert.InRange(status.GetProperty("connections").GetInt32(), 300, 500);
        }

        await node.HearAsync("callers are let in again");
        Assert.Single(node.Said.Split('\n'), line => line.Contains("new callers wait", StringComparison.Ordinal));
        await using var client = await ConnectAsync(link, listen);
        using var http = Through(client.Listen);
        Assert.Equal(1000, (await http.GetByteArrayAsync(new Uri($"http://127.0.0.1:{Http}/bytes/1000"))).Length);
    }

    [Fact]
    public async Task A_client_that_is_full_says_so_once_and_recovers()
    {
        await using var node = Karez(CrowdArguments());
        var (listen, link) = await NodeAsync(node);
        await using var client = await ConnectAsync(link, listen, "ulimit -n 1024");
        using (await Crowd.ComeAsync(client.Listen, 1500))
            await client.Running.HearAsync("new ones wait");
        await client.Running.HearAsync("new connections are let in again");
        Assert.Single(
            client.Running.Said.Split('\n'), line => line.Contains("new ones wait", StringComparison.Ordinal));
        using var http = Through(client.Listen);
        Assert.Equal(1000, (await http.GetByteArrayAsync(new Uri($"http://127.0.0.1:{Http}/bytes/1000"))).Length);
    }

    [Fact]
    public async Task Half_open_and_dripping_callers_cost_little_memory_and_keep_nobody_out()
    {
        await using var node = Karez(CrowdArguments());
        var (listen, link) = await NodeAsync(node);
        using (var first = await Crowd.ComeAsync(listen, 200))
            await first.DripAsync([0x16, 0x03, 0x01]);
        var before = ResidentKilobytes(node.Id);

        using var silent = await Crowd.ComeAsync(listen, 1500);
        using var slow = await Crowd.ComeAsync(listen, 1500);
        // a hello's beginning, an octet a second
        byte[] hello = [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01];
        foreach (var octet in hello)
        {
            await slow.DripAsync([octet]);
            await Task.Delay(1000, TestContext.Current.CancellationToken);
        }

        var after = ResidentKilobytes(node.Id);
        var each = (after - before) * 1024.0 / 3000;
        TestContext.Current.TestOutputHelper?.WriteLine($"{before} kB before, {after} kB after, {each:f0} octets each");
        Assert.True(each < 16 * 1024, $"{each:f0} octets for each of 3,000 callers, {before} kB before");
        await using var client = await ConnectAsync(link, listen);
        using var http = Through(client.Listen);
        Assert.Equal(1000, (await http.GetByteArrayAsync(new Uri($"http://127.0.0.1:{Http}/bytes/1000"))).Length);
    }

    private static long ResidentKilobytes(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").Single(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    /// <summary>A node that strangers need not wait for: the crowd is one machine's.</summary>
    private string[] CrowdArguments()
    {
        var path = Path.Combine(Folder, "crowd.json");
        File.WriteAllText(path, $$"""
            {
              "target": "127.0.0.1:{{Https}}", "name": "{{SiteName}}", "listen": "127.0.0.1:0",
              "address": "127.0.0.1:1", "allowPrivate": true, "targetConnectionsPerSecond": 100000
            }
            """);
        return ["serve", "--state", "n", "--config", path, "--json"];
    }

    private async Task<JsonElement> StatusAsync()
    {
        await using var status = Karez("status", "--state", "n", "--json");
        using var said = JsonDocument.Parse(await status.LineAsync());
        return said.RootElement.Clone();
    }

    private async Task<Proxy> ConnectAsync(string? link, string listen, string limit = "true")
    {
        Assert.NotNull(link);
        var here = link.Replace("@127.0.0.1:1?", $"@{listen}?", StringComparison.Ordinal);
        var client = KarezUnder(limit, "connect", here, "--state", "c", "--listen", "127.0.0.1:0", "--json");
        using var ready = JsonDocument.Parse(await client.LineAsync());
        return new Proxy(client, ready.RootElement.GetProperty("listen").GetString()!);
    }

    private sealed record Proxy(Running Running, string Listen) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Running.DisposeAsync();
    }

    /// <summary>Many connections to one door.</summary>
    private sealed class Crowd : IDisposable
    {
        private readonly List<Socket> _sockets = [];

        public static async Task<Crowd> ComeAsync(string listen, int count)
        {
            var crowd = new Crowd();
            var door = IPEndPoint.Parse(listen);
            for (var i = 0; i < count; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                crowd._sockets.Add(socket);
                await socket.ConnectAsync(door);
            }

            return crowd;
        }

        public async Task DripAsync(byte[] octets)
        {
            foreach (var socket in _sockets)
                await socket.SendAsync(octets);
            await Task.Delay(100);
        }

        public void Dispose()
        {
            foreach (var socket in _sockets)
                socket.Dispose();
        }
    }
}
