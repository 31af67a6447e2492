using System.Net;
using System.Net.Sockets;
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

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Each_option_does_what_it_says_and_without_it_it_is_not_so(bool isSet)
    {
        await using var bed = await DeviceBed.StartAsync();
        using var karez = await ConnectAsync(
            bed, isSet ? ["--lan", "--quic", "--block-doh", "--direct-dns", "1.1.1.1"] : []);

        // --direct-dns: who is asked for a name that goes direct.
        var place = bed.Wire.Count;
        Assert.Equal(DeviceBed.Origin, await AddressAsync(bed, "origin.example.com"));
        var asked = bed.Wire.Since(place).Where(seen => seen.What == Sighting.Dns).ToList();
        Assert.NotEmpty(asked);
        Assert.All(asked, seen => Assert.Equal(isSet ? "01010101" : "C6336435", seen.Words[60..68]));

        // --lan: a datagram to the router, but not one to its port for names.
        using var program = bed.Near.Enter(
            () => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        place = bed.Wire.Count;
        TrySend(program, "10.9.0.2:4000");
        TrySend(program, "10.9.0.2:853");
        var near = bed.Wire.Since(place).Where(seen => seen.What == Sighting.Other).ToList();
        Assert.Equal(isSet ? 1 : 0, near.Count);

        // --quic: UDP to port 443.
        using var echo = UdpEcho.Start(bed.NodeMachine, "198.51.100.53:443"); // not the origin, which goes direct
        var answers = false;
        for (var tries = 0; tries < (isSet ? 30 : 3) && !answers; tries++)
        {
            TrySend(program, "198.51.100.53:443");
            answers = program.Poll(200_000, SelectMode.SelectRead) && program.Available > 0;
        }

        Assert.Equal(isSet, answers);

        // --block-doh: names by TLS, and a known server's by HTTPS.
        foreach (var server in (string[])["1.1.1.1:853", "1.1.1.1:443"])
            Assert.Equal(!isSet, await HearsAsync(bed, IPEndPoint.Parse(server)));
    }

    private static void TrySend(Socket program, string to)
    {
        try
        {
            program.SendTo("karez"u8, IPEndPoint.Parse(to));
        }
        catch (SocketException)
        {
            // Refused, now or for the one before.
        }
    }

    /// <summary>Whether a program hears a server that speaks first.</summary>
    private static async Task<bool> HearsAsync(DeviceBed bed, IPEndPoint at)
    {
        using var server = bed.NodeMachine.Enter(
            () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        server.Bind(at);
        server.Listen();
        using var program = bed.Near.Enter(
            () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        try
        {
            await program.ConnectAsync(at).WaitAsync(TimeSpan.FromSeconds(5));
            // The program speaks as well: who the server is may be known by that only.
            await program.SendAsync("hello"u8.ToArray());
            using var end = await server.AcceptAsync().WaitAsync(TimeSpan.FromSeconds(2));
            await end.SendAsync("hello"u8.ToArray());
            return await program.ReceiveAsync(new byte[10]).WaitAsync(TimeSpan.FromSeconds(5)) == 5;
        }
        catch (Exception e) when (e is SocketException or TimeoutException)
        {
            return false;
        }
    }

    private static async Task<MachineProcess> ConnectAsync(DeviceBed bed, params IReadOnlyList<string> options)
    {
        var config = Path.Combine(Path.GetDirectoryName(bed.State)!, "client.json"); // the bed's own folder
        await File.WriteAllTextAsync(config, Rules.Replace("LINK", bed.Vless, StringComparison.Ordinal));
        await File.WriteAllTextAsync(Path.Combine(Path.GetDirectoryName(config)!, "direct.txt"), "origin.example.com\n");
        string[] arguments = ["connect", "--tun", .. options, "--config", config, "--state", bed.State];
        var karez = bed.Start(Path.Combine(AppContext.BaseDirectory, "karez"), arguments);
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
