using System.Diagnostics;
using System.Text.RegularExpressions;
using Karez.Tests.Leaks;

namespace Karez.Device.Tests;

/// <summary>What goes wrong ends in a tunnel that works, or in a clear message with traffic held back.</summary>
public class FaultTests
{
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
        await bed.StopSiteAsync();
        // Without its site no new handshake is borrowed: it is said, and nothing leaves.
        var place = bed.Wire.Count;
        Assert.NotNull(await bed.FetchAsync(seconds: 8));
        await bed.StateIsAsync("reconnecting");
        Assert.DoesNotContain(bed.Wire.Since(place), s => s.What is Sighting.Other or Sighting.Attempt);
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
    public async Task The_firewall_is_flushed_by_another_program()
    {
        await using var bed = await DeviceBed.StartAsync();
        using var karez = await bed.ConnectAsync();
        await bed.RunAsync("nft", "flush", "ruleset");
        await DeviceBed.HearAsync(karez, "kill switch's table; it is there again", 15);
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
