using System.Diagnostics;
using Karez.Tests.Leaks;

namespace Karez.Device.Tests;

/// <summary>The whole machine through the channel, and given back.</summary>
public class DeviceTests
{
    [Fact]
    public async Task Pages_come_through_the_channel_by_address_and_by_name_and_no_port_listens()
    {
        await using var bed = await DeviceBed.StartAsync();
        using var karez = await bed.ConnectAsync();
        Assert.Null(await bed.FetchAsync(200_000));
        Assert.Null(await bed.FetchAsync(50_000, "origin.example.com"));
        var (_, ports) = await bed.RunAsync("ss", "-Hltn");
        Assert.DoesNotContain("1080", ports, StringComparison.Ordinal);
        Assert.DoesNotContain("127.0.0.1", ports, StringComparison.Ordinal);
        var status = await bed.StatusAsync();
        Assert.Equal("connected", status.GetProperty("state").GetString());
        Assert.True(status.GetProperty("killSwitch").GetBoolean());
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    [InlineData("disconnect")]
    [InlineData("KILL and next start")]
    [InlineData("KILL and disconnect")]
    public async Task The_machine_is_as_it_was_after(string end)
    {
        await using var bed = await DeviceBed.StartAsync();
        var before = await bed.SnapshotAsync();
        using var karez = await bed.ConnectAsync();
        Assert.Null(await bed.FetchAsync());
        Assert.NotEqual(before, await bed.SnapshotAsync());
        if (end == "disconnect")
        {
            Assert.Equal(0, (await bed.KarezAsync("disconnect")).Code);
            Assert.Equal(0, await karez.WaitForExitAsync(default));
        }
        else
        {
            await DeviceBed.SignalAsync(karez, end.Split(' ')[0]);
            var code = await karez.WaitForExitAsync(default);
            if (end.StartsWith("KILL", StringComparison.Ordinal))
                Assert.NotEqual(before, await bed.SnapshotAsync());
            else
                Assert.Equal(0, code);
        }

        if (end == "KILL and next start")
        {
            using var next = await bed.ConnectAsync();
            Assert.Null(await bed.FetchAsync());
            await DeviceBed.SignalAsync(next, "TERM");
            Assert.Equal(0, await next.WaitForExitAsync(default));
        }
        else if (end == "KILL and disconnect")
        {
            var (code, printed) = await bed.KarezAsync("disconnect");
            Assert.True(code == 0, printed);
        }

        Assert.Equal(before, await bed.SnapshotAsync());
        Assert.False(File.Exists(Path.Combine(bed.State, "device.journal")));
    }

    [Fact]
    public async Task A_pause_opens_says_so_and_closes_by_itself()
    {
        await using var bed = await DeviceBed.StartAsync();
        using var karez = await bed.ConnectAsync();
        var (code, printed) = await bed.KarezAsync("pause", "3s");
        Assert.True(code == 0, printed);
        Assert.Contains("OPEN until", printed, StringComparison.Ordinal);
        await DeviceBed.HearAsync(karez, "OPEN until");
        Assert.Equal("paused", (await bed.StatusAsync()).GetProperty("state").GetString());
        var place = bed.Wire.Count;
        Assert.Null(await bed.FetchAsync(1000)); // in clear, by the machine's own routes
        Assert.Contains(bed.Wire.Since(place), s => s.What == Sighting.Other);
        await bed.StateIsAsync("connected");
        place = bed.Wire.Count;
        Assert.Null(await bed.FetchAsync(1000));
        Assert.DoesNotContain(bed.Wire.Since(place), s => s.What == Sighting.Other);
        Assert.Equal(2, (await bed.KarezAsync("pause", "16m")).Code);
    }

    [Fact]
    public async Task A_node_named_by_a_name_is_asked_for_once_and_remembered()
    {
        await using var bed = await DeviceBed.StartAsync();
        bed.UseName();
        using (var karez = await bed.ConnectAsync())
        {
            Assert.Null(await bed.FetchAsync());
            var asked = bed.Wire.Since(0).Count(s => s.What == Sighting.Dns);
            Assert.InRange(asked, 1, 2); // A and AAAA
            await DeviceBed.SignalAsync(karez, "KILL");
            await karez.WaitForExitAsync(default);
        }

        // The switch holds: nobody can be asked, and nobody needs to be.
        var place = bed.Wire.Count;
        using var next = await bed.ConnectAsync();
        Assert.Null(await bed.FetchAsync());
        Assert.DoesNotContain(bed.Wire.Since(place), s => s.What == Sighting.Dns);
    }

    [Fact]
    public async Task Where_there_is_no_root_or_no_device_it_says_so_in_two_lines()
    {
        await using var bed = await DeviceBed.StartAsync();
        var (code, printed) = await bed.RunAsync(
            "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups",
            Path.Combine(AppContext.BaseDirectory, "karez"), "connect", bed.Vless, "--tun", "--state", "/tmp/none");
        Assert.Equal(1, code);
        Assert.Equal(2, printed.Trim().Split('\n').Length);
        Assert.Contains("needs root", printed, StringComparison.Ordinal);
        (code, printed) = await bed.RunAsync("unshare", "-m", "sh", "-c", $"""
            mount -t tmpfs dev /dev/net 2>/dev/null || mount -t tmpfs dev /dev
            exec {Path.Combine(AppContext.BaseDirectory, "karez")} connect '{bed.Vless}' --tun --state {bed.State}
            """);
        Assert.Equal(1, code);
        Assert.Contains("/dev/net/tun", printed, StringComparison.Ordinal);
        Assert.Equal(2, printed.Trim().Split('\n').Length);
    }

    [Fact]
    public async Task A_new_address_is_noticed_within_a_second_and_new_connections_work()
    {
        await using var bed = await DeviceBed.StartAsync();
        using var karez = await bed.ConnectAsync();
        Assert.Null(await bed.FetchAsync());
        var began = Stopwatch.StartNew();
        bed.Move("10.9.0.1", "10.9.0.77");
        await DeviceBed.HearAsync(karez, "the network changed", 5);
        TestContext.Current.SendDiagnosticMessage($"noticed after {began.ElapsedMilliseconds} ms");
        Assert.True(began.Elapsed < TimeSpan.FromSeconds(2), $"{began.Elapsed}");
        Assert.Null(await bed.FetchAsync(seconds: 5));
        await bed.StateIsAsync("connected");
    }
}
