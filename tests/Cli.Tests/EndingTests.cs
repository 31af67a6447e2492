using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace Karez.Cli.Tests;

/// <summary>What runs ends when it has to: a revoked person's flows, and a node that is told to stop.</summary>
[Collection(nameof(Crowded))]
public sealed class EndingTests : NodeBed
{
    private const int Downloads = 4;

    [Fact]
    public async Task Revoking_ends_every_download_and_datagram_within_a_second()
    {
        await using var node = Serve("n", "--listen", "127.0.0.1:0", "--address", "127.0.0.1:1");
        var (listen, link) = await NodeAsync(node);
        await using var invite = Karez("invite", "reza", "--state", "n", "--json");
        using var invited = JsonDocument.Parse(await invite.LineAsync());
        await using var kept = await ConnectAsync("kept", link!, listen);
        await using var client = await ConnectAsync("c", invited.RootElement.GetProperty("link").GetString()!, listen);

        await using var origin = new EndlessOrigin();
        await using var echo = new EchoSocket("127.0.0.1");
        using var stop = new CancellationTokenSource();
        var clock = Stopwatch.StartNew();
        var begun = new CountdownEvent(Downloads + 2);
        var proxy = await ProxyAsync(client);
        var others = ReadAsync(await ProxyAsync(kept), origin, clock, begun, stop.Token);
        Task<TimeSpan>[] ends =
        [
            .. Enumerable.Range(0, Downloads).Select(_ => ReadAsync(proxy, origin, clock, begun, stop.Token)),
        ];
        var lastEcho = EchoAsync(proxy, echo.EndPoint, clock, begun, stop.Token);
        Assert.True(await Task.Run(() => begun.Wait(TimeSpan.FromSeconds(60))), "not all began");
        await Task.Delay(500); // under way

        var commanded = clock.Elapsed;
        await using var revoke = Karez("revoke", "reza", "--state", "n", "--json");
        var written = WaitForRosterAsync(clock);
        Assert.Equal("""{"ok":true,"running":true}""", await revoke.LineAsync());
        var roster = await written;
        var ended = await Task.WhenAll(ends).WaitAsync(TimeSpan.FromSeconds(30));
        await Task.Delay(1_500); // an echo that still came would be seen
        Assert.False(others.IsCompleted, "somebody else's download ended");
        await stop.CancelAsync();
        await others;
        TimeSpan[] after = [.. ended.Append(await lastEcho).Select(end => end - roster)];
        TestContext.Current.SendDiagnosticMessage(
            $"ended {string.Join(", ", after.Select(a => (int)a.TotalMilliseconds))} ms after the roster was written,"
            + $" {(roster - commanded).TotalMilliseconds:f0} ms after the command began");
        Assert.All(after, a => Assert.True(a < TimeSpan.FromSeconds(1), $"{a} after the roster was written"));
    }

    [Fact]
    public async Task A_node_that_serves_nobody_stops_at_once_though_it_is_learning()
    {
        await using var node = Serve("n", "--listen", "127.0.0.1:0", "--address", "127.0.0.1:1");
        _ = await NodeAsync(node);
        var told = Stopwatch.GetTimestamp();
        await node.SignalAsync("TERM");
        Assert.Equal(0, await node.EndAsync());
        Assert.InRange(Stopwatch.GetElapsedTime(told).TotalSeconds, 0, 3);
    }

    [Fact]
    public async Task A_node_that_is_told_to_stop_waits_for_a_download_no_longer_than_it_may()
    {
        await File.WriteAllTextAsync(Path.Combine(Folder, "node.json"), $$"""
            {"target":"127.0.0.1:{{Https}}","listen":"127.0.0.1:0","name":"{{SiteName}}","address":"127.0.0.1:1",
             "allowPrivate":true,"drainSeconds":1}
            """);
        await using var node = Karez("serve", "--state", "n", "--config", "node.json", "--json");
        var (listen, link) = await NodeAsync(node);
        await using var client = await ConnectAsync("c", link!, listen);
        await using var origin = new EndlessOrigin();
        var clock = Stopwatch.StartNew();
        var begun = new CountdownEvent(1);
        var download = ReadAsync(await ProxyAsync(client), origin, clock, begun, CancellationToken.None);
        Assert.True(await Task.Run(() => begun.Wait(TimeSpan.FromSeconds(60))));

        var told = clock.Elapsed;
        await node.SignalAsync("TERM");
        Assert.Equal(0, await node.EndAsync());
        var took = clock.Elapsed - told;
        Assert.InRange(took.TotalSeconds, 1, 2.5);
        var ended = await download.WaitAsync(TimeSpan.FromSeconds(10)) - told;
        Assert.InRange(ended.TotalSeconds, 0.9, 3);
    }

    private async Task<Running> ConnectAsync(string state, string link, string listen)
    {
        var here = link.Replace("@127.0.0.1:1?", $"@{listen}?", StringComparison.Ordinal);
        await Task.Yield();
        return Karez("connect", here, "--state", state, "--listen", "127.0.0.1:0", "--json");
    }

    private static async Task<string> ProxyAsync(Running client)
    {
        using var ready = JsonDocument.Parse(await client.LineAsync());
        return ready.RootElement.GetProperty("listen").GetString()!;
    }

    /// <summary>When the last octet came.</summary>
    private static async Task<TimeSpan> ReadAsync(
        string proxy, EndlessOrigin origin, Stopwatch clock, CountdownEvent begun, CancellationToken stop)
    {
        var (last, buffer, octets) = (TimeSpan.Zero, new byte[65_536], 0L);
        try
        {
            using var http = Through(proxy);
            await using var body = await http.GetStreamAsync(origin.Page, stop);
            int count;
            while ((count = await body.ReadAsync(buffer, stop)) > 0)
            {
                last = clock.Elapsed;
                if (octets < 1_000_000 && octets + count >= 1_000_000)
                    begun.Signal();
                octets += count;
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
        {
            // The end that is waited for.
        }

        return last;
    }

    /// <summary>When the last datagram came back, of one each 20 ms.</summary>
    private static async Task<TimeSpan> EchoAsync(
        string proxy, IPEndPoint echo, Stopwatch clock, CountdownEvent begun, CancellationToken stop)
    {
        using var datagrams = await LocalDatagrams.StartAsync(proxy);
        var sending = Task.Run(
            async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    await datagrams.SendAsync(echo, new byte[100]);
                    await Task.Delay(20, CancellationToken.None);
                }
            },
            CancellationToken.None);
        var (last, count) = (TimeSpan.Zero, 0);
        try
        {
            while (true)
            {
                await datagrams.ReceiveAsync(stop);
                last = clock.Elapsed;
                if (++count == 10)
                    begun.Signal();
            }
        }
        catch (OperationCanceledException)
        {
            await sending;
            return last;
        }
    }

    /// <summary>When the person was no longer in the file.</summary>
    private async Task<TimeSpan> WaitForRosterAsync(Stopwatch clock)
    {
        var path = Path.Combine(Folder, "n", "roster.json");
        while ((await File.ReadAllTextAsync(path)).Contains("\"reza\"", StringComparison.Ordinal))
            await Task.Delay(2);
        return clock.Elapsed;
    }
}
