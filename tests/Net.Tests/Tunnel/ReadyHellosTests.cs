using Karez.Camouflage.Browser;
using Karez.Camouflage.Reality;
using Karez.Crypto;
using Karez.Net.Loops;
using Karez.Net.Tests.Loops;
using Karez.Net.Tunnel;
using Karez.Secure;

namespace Karez.Net.Tests.Tunnel;

public class ReadyHellosTests
{
    private static readonly byte[] s_private = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    [Fact]
    public async Task Hellos_are_made_in_advance_and_each_is_used_once()
    {
        using var workers = new WorkerPool("workers", 1, 4);
        await using var bench = new LoopBench();
        using var keys = new ReadyHellos(BrowserProfile.Default, Link(), SystemEntropy.Instance, workers);
        Assert.Equal(0, keys.Waiting); // a client that never dials makes none
        await bench.Loop.RunAsync(() => TakeAsync(keys, bench.Loop));
    }

    [Fact]
    public void A_ready_hello_is_one_that_the_node_knows()
    {
        var link = Link();
        using var key = ReadyHellos.Draw(BrowserProfile.Default, link, SystemEntropy.Instance);
        var offer = key.Browser;
        using var client = new RealityClient(link);
        client.Seal(offer, key.Agreed!.Octets, 1_000_000);
        var share = offer.KeyShares.OfType<X25519KeyShare>().First();
        Assert.True(RealityWire.TryOpen(offer.Hello, share.PublicShare, s_private, out var claim, new byte[32]));
        Assert.Equal((link.ShortId, 1_000_000u), (claim.ShortId, claim.UnixSeconds));
    }

    [Fact]
    public void A_node_key_of_low_order_is_found_out()
    {
        using var key = ReadyHellos.Draw(
            BrowserProfile.Default, Link() with { PublicKey = new byte[32] }, SystemEntropy.Instance);
        Assert.Null(key.Agreed);
    }

    private static async ValueTask TakeAsync(ReadyHellos keys, EventLoop loop)
    {
        var seen = new HashSet<string>();
        for (var i = 0; i < 3 * ReadyHellos.Count; i++)
        {
            using var key = keys.Take();
            Assert.True(seen.Add(Convert.ToHexString(key.Browser.Hello)));
            if (i % ReadyHellos.Count == 0)
            {
                for (var wait = 0; keys.Waiting < ReadyHellos.Count && wait < 500; wait++)
                    await loop.DelayAsync(TimeSpan.FromMilliseconds(10));
                Assert.Equal(ReadyHellos.Count, keys.Waiting);
            }
        }
    }

    private static RealityLink Link()
    {
        var publicKey = new byte[32];
        X25519.DerivePublicKey(s_private, publicKey);
        return new RealityLink
        {
            ServerName = "www.example.com",
            PublicKey = publicKey,
            ShortId = ShortId.Read([1, 2, 3, 4, 5, 6, 7, 8]),
        };
    }
}
