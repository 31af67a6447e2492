using System.Net;
using System.Net.Sockets;
using Karez.Client.Device;
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
        // One look at the node, and no more, is what was spent so far.
        var overhead = (await bed.StatusAsync()).GetProperty("overhead").GetInt64();
        Assert.InRange(overhead, 1_000, 20_000);
        var (_, told) = await bed.KarezAsync("status");
        Assert.Contains("of handshakes, probes and updates", told, StringComparison.Ordinal);
        Assert.Null(await bed.FetchAsync(200_000));
        Assert.Null(await bed.FetchAsync(50_000, "origin.example.com"));
        // Two more handshakes, not what was carried.
        Assert.InRange((await bed.StatusAsync()).GetProperty("overhead").GetInt64(), 2 * overhead, 5 * overhead);
        var (_, ports) = await bed.RunAsync("ss", "-Hltn");
        Assert.DoesNotContain("1080", ports, StringComparison.Ordinal);
        Assert.DoesNotContain("127.0.0.1", ports, StringComparison.Ordinal);
        var status = await bed.StatusAsync();
        Assert.Equal("connected", status.GetProperty("state").GetString());
        Assert.True(status.GetProperty("killSwitch").GetBoolean());
    }

    [Fact]
    public async Task The_machine_is_as_it_was_where_tunnels_wait_on_the_devices_loop()
    {
        await using var bed = await DeviceBed.StartAsync();
        var before = await bed.SnapshotAsync();
        var config = Path.Combine(Path.GetDirectoryName(bed.State)!, "client.json"); // the bed's own folder
        await File.WriteAllTextAsync(config, $$"""{ "links": ["{{bed.Vless}}"], "warmConnections": 2 }""");
        using var karez = bed.Start(
            Path.Combine(AppContext.BaseDirectory, "karez"),
            "connect", "--tun", "--config", config, "--state", bed.State);
        await DeviceBed.HearAsync(karez, "connected");
        // A question that is asked far away: of a type that has no fake answer.
        Assert.Equal(0, (await bed.RunAsync("dig", "+time=5", "origin.example.com", "TXT")).Code);
        await DeviceBed.SignalAsync(karez, "TERM");
        Assert.Equal(0, await karez.WaitForExitAsync(default));
        Assert.Equal(before, await bed.SnapshotAsync());
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
        var (code, printed) = await bed.KarezAsync("pause", "5s");
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
    public async Task A_pause_of_what_a_killed_karez_holds_is_told_and_closes_by_itself()
    {
        await using var bed = await DeviceBed.StartAsync();
        using var karez = await bed.ConnectAsync();
        await DeviceBed.SignalAsync(karez, "KILL");
        await karez.WaitForExitAsync(default);
        var held = await bed.StatusAsync();
        Assert.Equal("held", held.GetProperty("state").GetString());
        Assert.Equal(0, held.GetProperty("openForSeconds").GetInt32());
        Assert.Equal(0, (await bed.KarezAsync("pause", "6s")).Code);
        var open = await bed.StatusAsync();
        Assert.Equal("paused", open.GetProperty("state").GetString());
        Assert.InRange(open.GetProperty("openForSeconds").GetInt32(), 1, 6);
        var (_, told) = await bed.KarezAsync("status");
        Assert.Contains("OPEN for ", told, StringComparison.Ordinal);
        Assert.Contains("karez disconnect gives the machine back", told, StringComparison.Ordinal);
        var place = bed.Wire.Count;
        Assert.Null(await bed.FetchAsync()); // in clear, by the machine's own routes
        Assert.Contains(bed.Wire.Since(place), s => s.What == Sighting.Other);
        await bed.StateIsAsync("held");
        (_, told) = await bed.KarezAsync("status");
        Assert.Contains("closed", told, StringComparison.Ordinal);
        place = bed.Wire.Count;
        Assert.NotNull(await bed.FetchAsync(seconds: 3));
        Assert.DoesNotContain(bed.Wire.Since(place), s => s.What is Sighting.Other or Sighting.Dns);
        Assert.Equal(0, (await bed.KarezAsync("disconnect")).Code);
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
        using (var next = await bed.ConnectAsync())
        {
            Assert.Null(await bed.FetchAsync());
            Assert.Equal(0, (await bed.KarezAsync("disconnect")).Code);
            await next.WaitForExitAsync(default);
        }

        // It is open: somebody could be asked.
        using var last = await bed.ConnectAsync();
        Assert.Null(await bed.FetchAsync());
        Assert.DoesNotContain(bed.Wire.Since(place), s => s.What == Sighting.Dns);
    }

    [Fact]
    public async Task A_node_that_moved_is_asked_for_once_past_the_device_and_remembered_where_it_is()
    {
        await using var bed = await DeviceBed.StartAsync();
        bed.UseName();
        var path = Path.Combine(bed.State, "node-addresses.json");
        Directory.CreateDirectory(bed.State, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        new NodeAddresses(path, TimeProvider.System).Remember("node.example.com", IPAddress.Parse("198.51.100.77"));
        var place = bed.Wire.Count;
        using (var karez = await bed.ConnectAsync())
        {
            Assert.Null(await bed.FetchAsync());
            Assert.Equal(1, bed.Wire.Since(place).Count(s => s.What == Sighting.Dns));
            Assert.Equal(0, (await bed.KarezAsync("disconnect")).Code);
            await karez.WaitForExitAsync(default);
        }

        var now = new NodeAddresses(path, TimeProvider.System).Remembered("node.example.com");
        Assert.Equal(IPAddress.Parse("198.51.100.2"), now);
        place = bed.Wire.Count;
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
    public async Task Segments_are_as_large_as_on_an_ordinary_network()
    {
        await using var bed = await DeviceBed.StartAsync();
        using var karez = await bed.ConnectAsync("--ipv6");
        Assert.Contains("mtu 1500 ", bed.Near.Ip("link", "show", "karez0"), StringComparison.Ordinal);
        // 1,500 less the headers, less 12 of timestamps: what this end sends at most.
        foreach (var (to, most) in ((string, int)[])[("203.0.113.80:80", 1448), ("[2001:db8:77::80]:80", 1428)])
        {
            var endPoint = IPEndPoint.Parse(to);
            using var program = bed.Near.Enter(
                () => new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
            await program.ConnectAsync(endPoint);
            var segment = new byte[4];
            program.GetRawSocketOption(6, 2, segment); // TCP_MAXSEG
            Assert.Equal(most, BitConverter.ToInt32(segment));
        }
    }
}
