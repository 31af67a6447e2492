using System.Buffers.Text;
using System.Net;
using System.Text;
using System.Text.Json;
using Karez.Client.Device;
using Karez.Client.Subscriptions;
using Karez.Config.Links;
using Karez.Crypto;
using Karez.Tests;
using Karez.Tests.Leaks;

namespace Karez.Device.Tests;

/// <summary>Nodes that a subscription brings while the device runs.</summary>
public class SubscriptionTests
{
    [Fact]
    public async Task A_node_whose_name_is_new_is_used_without_a_question_in_clear()
    {
        await using var bed = await DeviceBed.StartAsync();
        var (seed, key) = (new byte[32], new byte[Ed25519.PublicKeySize]);
        seed[0] = 1;
        Ed25519.DerivePublicKey(seed, key);
        var own = bed.Vless;
        bed.UseName();
        var bundle = SignedBundle.Write(1, LinkList.Read(Encoding.ASCII.GetBytes(bed.Vless)).Links, seed);
        var at = new IPEndPoint(IPAddress.Parse(DeviceBed.Origin), 8080);
        using var mirror = bed.NodeMachine.Enter(() => new DocumentServer(() => ("200 OK", bundle), at));
        var config = $$"""
            {"links": [{{JsonSerializer.Serialize(own)}}], "subscriptions": [
                {"urls": ["{{mirror.Url}}"], "key": "{{Base64Url.EncodeToString(key)}}"}]}
            """;
        using var karez = await bed.ConnectByAsync(config);
        await DeviceBed.HearAsync(karez, "1 links, from now on used");
        for (var tries = 0; tries < 100 && (await NodesAsync(bed)).Length < 2; tries++)
            await Task.Delay(100);
        var nodes = await NodesAsync(bed);
        Assert.Equal(2, nodes.Length);
        Assert.Contains("node.example.com", nodes[1], StringComparison.Ordinal);
        var kept = new NodeAddresses(Path.Combine(bed.State, "node-addresses.json"), TimeProvider.System);
        Assert.Equal(DeviceBed.NodeAt.Address, kept.Remembered("node.example.com"));
        Assert.Null(await bed.FetchAsync());

        // Its address is open to marked packets alone, as every node's.
        using var attempts = new LeakAttempts(bed.Near, bed.Link, DeviceBed.NodeAt);
        attempts.Send(20);
        var seen = bed.Wire.Since(0);
        Assert.Equal(0, OuterWire.Names(seen));
        Assert.DoesNotContain(seen, s => s.What is Sighting.Attempt);
        Assert.Contains(seen, s => s.What is Sighting.Channel);
    }

    private static async Task<string[]> NodesAsync(DeviceBed bed) =>
        [.. (await bed.StatusAsync()).GetProperty("nodes").EnumerateArray().Select(
            node => node.GetProperty("node").GetString() ?? "")];
}
