using Karez.Camouflage.Reality;

namespace Karez.Camouflage.Tests.Reality;

/// <summary>Vector A: computed twice, independently, from XTLS/Xray-core at 2323273e; see docs/protocols/reality.md.</summary>
public class RealityWireTests
{
    private const string ZeroedHello =
        "010000a80303000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2000000000000000000000000000"
        + "0000000000000000000000000000000000000000061301130213030100005900000010000e00000b6578616d706c652e636f6d00"
        + "0a00040002001d000d00080006040308040807002b0003020304003300260024001d0020493e82fc74464a59268817623d2053c5"
        + "eb8e2cc4a988b4fee179ec6b010d531d";

    private static readonly byte[] NodePrivate = Enumerable.Range(0x40, 32).Select(i => (byte)i).ToArray();
    private static readonly byte[] NodePublic =
        Convert.FromHexString("79a631eede1bf9c98f12032cdeadd0e7a079398fc786b88cc846ec89af85a51a");

    private static readonly byte[] ClientPrivate = Enumerable.Range(0x80, 32).Select(i => (byte)i).ToArray();
    private static readonly byte[] ClientPublic =
        Convert.FromHexString("493e82fc74464a59268817623d2053c5eb8e2cc4a988b4fee179ec6b010d531d");

    private static readonly RealityClaim Claim =
        new(new ClientVersion(26, 3, 27), 1770000000, ShortId.TryParse("0123456789abcdef", out var id) ? id : default);

    [Fact]
    public void Seals_vector_A()
    {
        var hello = Convert.FromHexString(ZeroedHello);
        var authKey = new byte[RealityWire.AuthKeySize];
        Assert.True(RealityWire.TrySeal(hello, ClientPrivate, NodePublic, Claim, authKey));
        Assert.Equal("3f5fd81997d635ef5fce5ae5c434d99755130d5b5ad1add201a50fe542d525d1", Convert.ToHexStringLower(authKey));
        Assert.Equal(
            "78e4c0008c2fbf064b342c0a6c7938b55b1de3ff6434d1368bec73bbb15927d2",
            Convert.ToHexStringLower(hello.AsSpan(39, 32)));
    }

    [Fact]
    public void Opens_what_was_sealed_and_leaves_the_hello_as_it_was()
    {
        var hello = Sealed();
        var before = hello.ToArray();
        var authKey = new byte[RealityWire.AuthKeySize];
        Assert.True(RealityWire.TryOpen(hello, ClientPublic, NodePrivate, out var claim, authKey));
        Assert.Equal(Claim, claim);
        Assert.Equal(before, hello);
    }

    [Fact]
    public void Refuses_a_hello_with_any_octet_changed()
    {
        var authKey = new byte[RealityWire.AuthKeySize];
        var hello = Sealed();
        for (var i = 0; i < hello.Length; i++)
        {
            // The length octet of the session id decides whether there is anything to open.
            hello[i] ^= 1;
            Assert.False(RealityWire.TryOpen(hello, ClientPublic, NodePrivate, out _, authKey), $"octet {i}");
            hello[i] ^= 1;
        }
    }

    [Fact]
    public void Refuses_a_low_order_share()
    {
        Assert.False(RealityWire.TryOpen(Sealed(), new byte[32], NodePrivate, out _, new byte[32]));
    }

    private static byte[] Sealed()
    {
        var hello = Convert.FromHexString(ZeroedHello);
        Assert.True(RealityWire.TrySeal(hello, ClientPrivate, NodePublic, Claim, new byte[32]));
        return hello;
    }
}
