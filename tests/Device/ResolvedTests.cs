using Karez.Tests.Leaks;

namespace Karez.Device.Tests;

/// <summary>A machine whose names systemd-resolved looks up; it and its bus run as plain processes.</summary>
public class ResolvedTests
{
    private const string Prepare = """
        mkdir -p /run/dbus /run/systemd/resolve /etc/systemd/resolved.conf.d
        cd /etc/systemd/resolved.conf.d
        printf '[Resolve]\nDNS=198.51.100.53\nFallbackDNS=\nLLMNR=no\nMulticastDNS=no\n' > t.conf
        cd /
        chown systemd-resolve:systemd-resolve /run/systemd/resolve
        dbus-daemon --system --fork --nopidfile
        /usr/lib/systemd/systemd-resolved > /run/resolved.log 2>&1 &
        ln -sf ../run/systemd/resolve/stub-resolv.conf /etc/resolv.conf
        for i in $(seq 100); do resolvectl dns > /dev/null 2>&1 && break; sleep 0.1; done
        """;

    [Fact]
    public async Task Resolved_asks_karez_while_it_runs_and_whom_it_asked_before_afterwards()
    {
        Assert.SkipUnless(
            File.Exists("/usr/lib/systemd/systemd-resolved") && File.Exists("/usr/bin/dbus-daemon"),
            "apt-get install -y --no-install-recommends systemd-resolved dbus");
        await using var bed = await DeviceBed.StartAsync(Prepare);
        Assert.Equal($"{DeviceBed.Origin}\n", await AskAsync(bed)); // the machine's own way
        var before = await bed.RunAsync("resolvectl", "status", "--no-pager");
        var file = await bed.SnapshotAsync();
        using var karez = await bed.ConnectAsync();
        Assert.Contains("198.18.0.2", (await bed.RunAsync("resolvectl", "dns")).Printed, StringComparison.Ordinal);
        var (_, resolv) = await bed.RunAsync("cat", "/etc/resolv.conf");
        Assert.Contains("127.0.0.53", resolv, StringComparison.Ordinal);
        var place = bed.Wire.Count;
        Assert.StartsWith("198.1", await AskAsync(bed), StringComparison.Ordinal); // a fake address: the far side asks
        Assert.Null(await bed.FetchAsync(1000, "origin.example.com"));
        Assert.DoesNotContain(bed.Wire.Since(place), s => s.What == Sighting.Dns);

        await DeviceBed.SignalAsync(karez, "TERM");
        Assert.Equal(0, await karez.WaitForExitAsync(default));
        Assert.Equal(before, await bed.RunAsync("resolvectl", "status", "--no-pager"));
        Assert.Equal(file, await bed.SnapshotAsync());
        Assert.Equal($"{DeviceBed.Origin}\n", await AskAsync(bed));
    }

    private static async Task<string> AskAsync(DeviceBed bed) =>
        (await bed.RunAsync("dig", "+short", "+tries=2", "+time=3", "@127.0.0.53", "origin.example.com")).Printed;
}
