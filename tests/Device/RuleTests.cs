using Karez.Beds;
using Karez.Tests.Leaks;

namespace Karez.Device.Tests;

/// <summary>Rules of a whole machine, seen from the outer interface.</summary>
public class RuleTests
{
    private const string Rules =
        """
        { "links": ["LINK"],
          "route": { "files": ["direct.txt"], "rules": [
            { "to": "refuse", "names": ["refused.example"] },
            { "to": "direct", "lists": ["direct.txt"] } ] } }
        """;

    [Fact]
    public async Task Names_of_a_direct_rule_get_real_addresses_and_leave_past_the_channel_and_no_other_name_does()
    {
        await using var bed = await DeviceBed.StartAsync();
        using var karez = await ConnectAsync(bed);

        var place = bed.Wire.Count;
        Assert.StartsWith("198.1", await AddressAsync(bed, "node.example.com"), StringComparison.Ordinal); // a fake one
        Assert.Equal("", await AddressAsync(bed, "www.refused.example"));
        Assert.DoesNotContain(bed.Wire.Since(place), seen => seen.What is Sighting.Dns or Sighting.Other);

        place = bed.Wire.Count;
        Assert.Equal(DeviceBed.Origin, await AddressAsync(bed, "origin.example.com"));
        Assert.Null(await bed.FetchAsync(5_000, "origin.example.com"));
        var seen = bed.Wire.Since(place);
        Assert.Contains(seen, packet => packet.What == Sighting.Dns);
        Assert.Contains(seen, packet => packet.What == Sighting.Other); // to the origin itself

        // The kill switch lets pass what the rules send direct, and nothing else, while the node is away.
        await DeviceBed.SignalAsync(bed.Node, "KILL");
        await bed.Node.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Null(await bed.FetchAsync(5_000, "origin.example.com"));
        place = bed.Wire.Count;
        // By name: what is known as the address of a direct name goes direct, whoever names it.
        Assert.NotNull(await bed.FetchAsync(1_000, "node.example.com", seconds: 3));
        Assert.DoesNotContain(bed.Wire.Since(place), packet => packet.What is Sighting.Dns or Sighting.Other);
        Assert.Equal(0, (await bed.KarezAsync("disconnect")).Code);
    }

    [Fact]
    public async Task After_a_move_the_new_networks_resolver_is_asked_for_direct_names()
    {
        await using var bed = await DeviceBed.StartAsync();
        using var karez = await ConnectAsync(bed);
        Assert.Equal(DeviceBed.Origin, await AddressAsync(bed, "origin.example.com"));

        // The old network's resolver is nowhere; who is asked in the new one is written after the address.
        bed.Move("10.9.0.1", "10.9.0.7");
        bed.NodeMachine.Ip("address", "delete", "198.51.100.53/32", "dev", "lo");
        await DeviceBed.HearAsync(karez, "the network changed");
        await bed.RunAsync("sh", "-c", "echo nameserver 1.1.1.1 > /etc/r && mv /etc/r /etc/resolv.conf");
        await DeviceBed.HearAsync(karez, "it is ours again", 10);
        var place = bed.Wire.Count;
        Assert.Equal(DeviceBed.Origin, await AddressAsync(bed, "origin.example.com"));
        Assert.Contains(bed.Wire.Since(place), packet => packet.What == Sighting.Dns);
        Assert.Equal(0, (await bed.KarezAsync("disconnect")).Code);
    }

    private static async Task<MachineProcess> ConnectAsync(DeviceBed bed)
    {
        var config = Path.Combine(Path.GetDirectoryName(bed.State)!, "client.json"); // the bed's own folder
        await File.WriteAllTextAsync(config, Rules.Replace("LINK", bed.Vless, StringComparison.Ordinal));
        await File.WriteAllTextAsync(Path.Combine(Path.GetDirectoryName(config)!, "direct.txt"), "origin.example.com\n");
        var karez = bed.Start(
            Path.Combine(AppContext.BaseDirectory, "karez"), "connect", "--tun", "--config", config, "--state", bed.State);
        await DeviceBed.HearAsync(karez, "connected");
        return karez;
    }

    /// <summary>The first IPv4 address that programs of the machine get for a name; empty for none.</summary>
    private static async Task<string> AddressAsync(DeviceBed bed, string name)
    {
        var (_, printed) = await bed.RunAsync("getent", "ahostsv4", name);
        return printed.Split(' ')[0].Trim();
    }
}
