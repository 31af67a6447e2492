using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Karez.Tests.Leaks;

namespace Karez.Device.Tests;

/// <summary>What goes wrong ends in a tunnel that works, or in a clear message with traffic held back.</summary>
public class FaultTests
{
    // As if systemd-resolved were there; what it does beside can be told later.
    private const string Resolvectl = """
        mkdir -p /run/bin && printf '#!/bin/sh\n[ ! -e /run/then ] || . /run/then\n' > /run/bin/resolvectl &&
        chmod +x /run/bin/resolvectl && printf 'nameserver 127.0.0.53\n' > /etc/resolv.conf
        """;

    [Fact]
    public async Task The_node_dies_and_comes_back()
    {
        await using var bed = await DeviceBed.StartAsync();
        using var karez = await bed.ConnectAsync();
        await DeviceBed.SignalAsync(bed.Node, "KILL");
        Assert.NotNull(await bed.FetchAsync(seconds: 5));
        await DeviceBed.HearAsync(karez, "hint: ");
        Assert.Equal("reconnecting", (await bed.StatusAsync()).GetProperty("state").GetString());
        Assert.NotEmpty((await bed.StatusAsync()).GetProperty("trouble").GetString()!);
        await bed.StartNodeAsync();
        await bed.StateIsAsync("connected", 30);
        Assert.Null(await bed.FetchAsync());
    }

    [Fact]
    public async Task The_target_of_the_node_dies_and_what_is_connected_goes_on()
    {
        await using var bed = await DeviceBed.StartAsync();
        using var karez = await bed.ConnectAsync();
        Assert.Null(await bed.FetchAsync());
        // The bed's origin ends with the site: what goes on is connected to another.
        using var origin = bed.NodeMachine.Enter(
            () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        origin.Bind(IPEndPoint.Parse($"{DeviceBed.Origin}:8080"));
        origin.Listen();
        using var program = bed.Near.Enter(
            () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        await program.ConnectAsync(IPEndPoint.Parse($"{DeviceBed.Origin}:8080"));
        using var end = await origin.AcceptAsync().WaitAsync(TimeSpan.FromSeconds(10));
        await SayAsync();
        await bed.StopSiteAsync();
        // Without its site no new handshake is borrowed: it is said, and nothing leaves.
        var place = bed.Wire.Count;
        Assert.NotNull(await bed.FetchAsync(seconds: 8));
        await DeviceBed.HearAsync(karez, "hint: ");
        await bed.StateIsAsync("reconnecting");
        Assert.DoesNotContain(bed.Wire.Since(place), s => s.What is Sighting.Other or Sighting.Attempt);
        await SayAsync();
        await bed.RestartSiteAsync();
        await bed.StateIsAsync("connected", 30);
        Assert.Null(await bed.FetchAsync());
        await SayAsync();

        async Task SayAsync()
        {
            foreach (var (from, to) in ((Socket, Socket)[])[(program, end), (end, program)])
            {
                await from.SendAsync("words"u8.ToArray());
                Assert.Equal(5, await to.ReceiveAsync(new byte[100]).WaitAsync(TimeSpan.FromSeconds(10)));
            }
        }
    }

    [Fact]
    public async Task The_cable_is_pulled_and_put_in_again()
    {
        await using var bed = await DeviceBed.StartAsync();
        using var karez = await bed.ConnectAsync();
        bed.Far.Ip("link", "set", bed.Link, "down");
        await DeviceBed.HearAsync(karez, "there is no network", 5);
        Assert.False((await bed.StatusAsync()).GetProperty("hasNetwork").GetBoolean());
        var began = Stopwatch.StartNew();
        bed.Far.Ip("link", "set", bed.Link, "up");
        await bed.StateIsAsync("connected");
        Assert.Null(await bed.FetchAsync());
        TestContext.Current.SendDiagnosticMessage($"works again after {began.ElapsedMilliseconds} ms");
    }

    [Fact]
    public async Task The_clock_steps()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/faketime"), "apt-get install -y --no-install-recommends faketime");
        await using var bed = await DeviceBed.StartAsync();
        using var karez = bed.Start(
            "faketime", "-f", "+1h", Path.Combine(AppContext.BaseDirectory, "karez"),
            "connect", bed.Vless, "--tun", "--state", bed.State);
        await DeviceBed.HearAsync(karez, "did not recognise this link");
        await DeviceBed.HearAsync(karez, "clock");
        var place = bed.Wire.Count;
        Assert.NotNull(await bed.FetchAsync(seconds: 5));
        Assert.DoesNotContain(bed.Wire.Since(place), s => s.What is Sighting.Other or Sighting.Attempt);
    }

    [Fact]
    public async Task The_clock_steps_while_it_runs_and_back()
    {
        const string Library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";
        Assert.SkipUnless(File.Exists(Library), "apt-get install -y --no-install-recommends faketime");
        await using var bed = await DeviceBed.StartAsync();
        await bed.RunAsync("sh", "-c", "echo +0 > /run/clock");
        // A clock that is set steps; the monotonic one goes on, as it does then.
        using var karez = bed.Start(
            "env", $"LD_PRELOAD={Library}", "FAKETIME_TIMESTAMP_FILE=/run/clock", "FAKETIME_NO_CACHE=1",
            "FAKETIME_DONT_FAKE_MONOTONIC=1", Path.Combine(AppContext.BaseDirectory, "karez"),
            "connect", bed.Vless, "--tun", "--state", bed.State);
        await DeviceBed.HearAsync(karez, "connected");
        Assert.Null(await bed.FetchAsync());
        using var program = bed.Near.Enter(
            () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        await program.ConnectAsync(IPEndPoint.Parse($"{DeviceBed.Origin}:80"));
        await AskAsync(program);
        await bed.RunAsync("sh", "-c", "echo +1h > /run/clock");
        var place = bed.Wire.Count;
        Assert.NotNull(await bed.FetchAsync(seconds: 5));
        await DeviceBed.HearAsync(karez, "clock");
        Assert.DoesNotContain(bed.Wire.Since(place), s => s.What is Sighting.Other or Sighting.Attempt);
        await AskAsync(program); // what stood before goes on
        await bed.RunAsync("sh", "-c", "echo +0 > /run/clock");
        await bed.StateIsAsync("connected", 30);
        Assert.Null(await bed.FetchAsync());

        static async Task AskAsync(Socket program)
        {
            await program.SendAsync("GET /bytes/10 HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
            Assert.NotEqual(0, await program.ReceiveAsync(new byte[4096]).WaitAsync(TimeSpan.FromSeconds(10)));
        }
    }

    [Fact]
    public async Task The_disk_becomes_full_while_it_runs()
    {
        await using var bed = await DeviceBed.StartAsync();
        var before = await bed.SnapshotAsync();
        using var karez = bed.Start("sh", "-c", $"""
            mkdir -p /run/full && mount -t tmpfs -o size=64k,mode=0700 full /run/full
            exec {Path.Combine(AppContext.BaseDirectory, "karez")} connect '{bed.Vless}' --tun --state /run/full
            """);
        await DeviceBed.HearAsync(karez, "connected");
        await bed.RunAsync("sh", "-c", "cat /dev/zero > /run/full/fill");
        Assert.Null(await bed.FetchAsync(50_000));
        // What would have to be written down is not done, and said.
        // The file's last page still has room for a few lines.
        const string Said = "cannot write /run/full/device.journal";
        for (var i = 0; i < 15 && !karez.Printed.Contains(Said, StringComparison.Ordinal); i++)
        {
            await bed.RunAsync("sh", "-c", $"echo nameserver 10.9.0.{i} > /etc/r && mv /etc/r /etc/resolv.conf");
            await Task.Delay(500);
        }

        await DeviceBed.HearAsync(karez, Said, 5);
        Assert.Null(await bed.FetchAsync(1000, "origin.example.com"));
        await bed.RunAsync("sh", "-c", "echo nameserver 198.51.100.53 > /etc/resolv.conf");
        await DeviceBed.SignalAsync(karez, "TERM");
        Assert.Equal(0, await karez.WaitForExitAsync(default));
        Assert.Equal(before, await bed.SnapshotAsync());
    }

    [Fact]
    public async Task The_disk_is_full()
    {
        await using var bed = await DeviceBed.StartAsync();
        var before = await bed.SnapshotAsync();
        var (code, printed) = await bed.RunAsync("sh", "-c", $"""
            mkdir -p /run/full && mount -t tmpfs -o size=4k,mode=0700 full /run/full && : > /run/full/connect.lock
            head -c 100000 /dev/zero > /run/full/fill 2> /dev/null
            exec {Path.Combine(AppContext.BaseDirectory, "karez")} connect '{bed.Vless}' --tun --state /run/full
            """);
        Assert.True(code == 1, printed);
        Assert.Equal(2, printed.Trim().Split('\n').Length);
        Assert.Equal(before, await bed.SnapshotAsync());
    }

    [Fact]
    public async Task Descriptors_run_out()
    {
        await using var bed = await DeviceBed.StartAsync();
        using var karez = bed.Start(
            "sh", "-c", "ulimit -n 180; exec \"$@\"", "sh", Path.Combine(AppContext.BaseDirectory, "karez"),
            "connect", bed.Vless, "--tun", "--state", bed.State);
        await DeviceBed.HearAsync(karez, "connected");
        // More at once than there are descriptors for: those too many wait, and come.
        var (code, printed) = await bed.RunAsync("sh", "-c", """
            for i in $(seq 150); do echo "url = \"$0\""; echo output = /dev/null; done > /tmp/urls
            exec curl -sS -Z --parallel-immediate --parallel-max 150 -m 55 -H 'Connection: close' \
                -w '%{size_download}\n' -K /tmp/urls
            """, $"http://{DeviceBed.Origin}/bytes/200000");
        Assert.True(code == 0, printed);
        Assert.Equal(150, printed.Split('\n').Count(line => line == "200000"));
        await DeviceBed.HearAsync(karez, "let in again");
        Assert.Single(Regex.Matches(karez.Printed, "no descriptors are left"));
        await bed.StateIsAsync("connected");
        Assert.DoesNotContain("reconnecting", karez.Printed, StringComparison.Ordinal);
        Assert.Null(await bed.FetchAsync(1000, "origin.example.com"));
    }

    [Fact]
    public async Task The_interface_is_deleted_by_another_program()
    {
        await using var bed = await DeviceBed.StartAsync();
        using var karez = await bed.ConnectAsync();
        bed.Near.Ip("link", "delete", "karez0");
        await DeviceBed.HearAsync(karez, "it is there again", 10);
        Assert.Null(await bed.FetchAsync());
        Assert.Null(await bed.FetchAsync(1000, "origin.example.com"));
    }

    [Fact]
    public async Task The_interface_is_deleted_again_before_it_carries_anything()
    {
        await using var bed = await DeviceBed.StartAsync(Resolvectl);
        var before = await bed.SnapshotAsync();
        using var karez = await bed.ConnectAsync();
        await bed.RunAsync("sh", "-c", "echo 'rm /run/then; ip link delete karez0' > /run/then");
        bed.Near.Ip("link", "delete", "karez0");
        await DeviceBed.HearAsync(karez, "carries nothing");
        for (var tries = 0; tries < 20 && await bed.FetchAsync(seconds: 5) is not null; tries++)
            await Task.Delay(200);
        Assert.Null(await bed.FetchAsync());
        await DeviceBed.SignalAsync(karez, "TERM");
        Assert.Equal(0, await karez.WaitForExitAsync(default));
        Assert.Equal(before, await bed.SnapshotAsync());
    }

    [Fact]
    public async Task A_resolver_that_hangs_holds_up_no_flow()
    {
        await using var bed = await DeviceBed.StartAsync(Resolvectl);
        using var karez = await bed.ConnectAsync("--listen", "127.0.0.1:1080");
        await DeviceBed.SignalAsync(bed.Node, "KILL");
        await bed.RunAsync("sh", "-c", "echo 'touch /run/hangs; sleep 4' > /run/then");
        var pausing = bed.KarezAsync("pause", "60");
        for (var tries = 0; tries < 50 && (await bed.RunAsync("test", "-e", "/run/hangs")).Code != 0; tries++)
            await Task.Delay(50);
        // One for each loop at least: each fails, and says so at once.
        var began = Stopwatch.StartNew();
        for (var flow = 0; flow < 2 * Environment.ProcessorCount; flow++)
        {
            var (code, printed) = await bed.RunAsync(
                "curl", "-sS", "-m", "2", "-x", "socks5://127.0.0.1:1080", $"http://{DeviceBed.Origin}/bytes/10");
            Assert.True(code is not 0 and not 28, $"{code} after {began.Elapsed}: {printed}");
        }

        Assert.False(pausing.IsCompleted);
        await pausing;
    }

    [Fact]
    public async Task The_firewall_is_flushed_by_another_program()
    {
        await using var bed = await DeviceBed.StartAsync();
        using var karez = await bed.ConnectAsync();
        var began = Stopwatch.StartNew();
        await bed.RunAsync("nft", "flush", "ruleset");
        await DeviceBed.HearAsync(karez, "kill switch's table; it is there again", 3);
        TestContext.Current.SendDiagnosticMessage($"the table was there again after {began.ElapsedMilliseconds} ms");
        Assert.True(began.Elapsed < TimeSpan.FromSeconds(1), $"{began.Elapsed}");
        using var attempts = new LeakAttempts(bed.Near, bed.Link, DeviceBed.NodeAt);
        var place = bed.Wire.Count;
        attempts.Send(2);
        Assert.DoesNotContain(bed.Wire.Since(place), s => s.What is Sighting.Attempt);
    }

    [Fact]
    public async Task The_resolver_is_rewritten_by_another_program()
    {
        await using var bed = await DeviceBed.StartAsync();
        using var karez = await bed.ConnectAsync();
        await bed.RunAsync("sh", "-c", "echo nameserver 10.9.0.2 > /etc/r && mv /etc/r /etc/resolv.conf");
        await DeviceBed.HearAsync(karez, "it is ours again", 10);
        Assert.Null(await bed.FetchAsync(1000, "origin.example.com"));
        await DeviceBed.SignalAsync(karez, "TERM");
        await karez.WaitForExitAsync(default);
        Assert.Equal("nameserver 10.9.0.2\n", (await bed.RunAsync("cat", "/etc/resolv.conf")).Printed);
    }
}
