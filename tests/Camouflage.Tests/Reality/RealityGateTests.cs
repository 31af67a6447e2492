using System.Buffers.Binary;
using Karez.Camouflage.Browser;
using Karez.Camouflage.Reality;
using Karez.Crypto;
using Karez.Tests;
using Karez.Wire;

namespace Karez.Camouflage.Tests.Reality;

/// <summary>Who is let in by a first hello, and why everybody else is a stranger.</summary>
public class RealityGateTests
{
    private const string Name = "www.karez-site.example";
    private const long Now = 1_770_000_000;
    private const ushort X25519Share = 0x001D;
    private const ushort HybridShare = 0x11EC;

    private static readonly byte[] NodePrivate = [.. Enumerable.Range(0x40, 32).Select(i => (byte)i)];
    private static readonly byte[] ClientPrivate = [.. Enumerable.Range(0x80, 32).Select(i => (byte)i)];
    private static readonly RealityClaim Claim =
        new(new ClientVersion(26, 3, 27), (uint)Now, new ShortId(0x0123456789abcdef));

    private static readonly RealityRules Rules = MakeRules();

    [Fact]
    public void A_hello_of_ours_is_ours_and_says_who()
    {
        var hello = Sealed(Claim);
        using var gate = new RealityGate(Rules, Memory());
        byte[] next = [20, 3, 3, 0, 1, 1];
        Assert.Equal(GateVerdict.Ours, gate.Feed([.. Records(hello), .. next], Now));
        Assert.Equal((RealityFault.None, Claim, Name), (gate.Fault, gate.Claim, gate.ServerName));
        Assert.Equal(hello, gate.Hello);
        Assert.Equal(next, gate.Trailing);
    }

    [Fact]
    public void A_hello_sealed_for_another_node_is_a_strangers() =>
        Assert.Equal(RealityFault.NotSealedForUs, Judge(Sealed(Claim, nodePrivate: ClientPrivate), Rules));

    [Fact]
    public void A_short_id_that_nobody_has_is_a_strangers() =>
        Assert.Equal(RealityFault.UnknownShortId, Judge(Sealed(Claim with { ShortId = new ShortId(1) }), Rules));

    [Theory]
    [InlineData(-91, RealityFault.ClockOff)]
    [InlineData(-90, RealityFault.None)]
    [InlineData(-89, RealityFault.None)]
    [InlineData(89, RealityFault.None)]
    [InlineData(90, RealityFault.None)]
    [InlineData(91, RealityFault.ClockOff)]
    public void A_clock_may_be_ninety_seconds_off(int off, RealityFault fault) =>
        Assert.Equal(fault, Judge(Sealed(Claim with { UnixSeconds = (uint)(Now + off) }), Rules));

    [Theory]
    [InlineData("26.3.26", null, RealityFault.None)]
    [InlineData("26.3.27", null, RealityFault.None)]
    [InlineData("26.3.28", null, RealityFault.Version)]
    [InlineData("27.0.0", null, RealityFault.Version)]
    [InlineData(null, "26.3.27", RealityFault.None)]
    [InlineData(null, "26.3.26", RealityFault.Version)]
    public void A_stated_version_out_of_bounds_is_a_strangers(string? least, string? most, RealityFault fault) =>
        Assert.Equal(fault, Judge(Sealed(Claim), Rules with
        {
            MinClientVersion = ClientVersion.TryParse(least, out var min) ? min : null,
            MaxClientVersion = ClientVersion.TryParse(most, out var max) ? max : null,
        }));

    [Theory]
    [InlineData("www.karez-site.example.")]
    [InlineData("WWW.karez-site.example")]
    [InlineData("karez-site.example")]
    [InlineData("")]
    public void Another_server_name_is_a_strangers(string name) =>
        Assert.Equal(RealityFault.OtherName, Judge(Sealed(Claim, name), Rules));

    [Theory]
    [InlineData(false, true, X25519Share)]
    [InlineData(false, true, HybridShare)]
    [InlineData(false, true, HybridShare, X25519Share)]
    [InlineData(false, true, X25519Share, HybridShare)]
    [InlineData(false, true, HybridShare, HybridShare)]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, false, X25519Share)]
    [InlineData(true, true, HybridShare)]
    [InlineData(true, true, HybridShare, X25519Share)]
    [InlineData(true, false, X25519Share, HybridShare)]
    [InlineData(true, false, HybridShare, HybridShare)]
    [InlineData(true, false, HybridShare, HybridShare, X25519Share)]
    public void The_strict_rule_asks_for_one_hybrid_share_that_comes_first(
        bool strict, bool isOurs, params ushort[] groups) =>
        Assert.Equal(
            isOurs ? RealityFault.None : RealityFault.NoKeyShare,
            Judge(Sealed(Claim, groups: groups), Rules with { StrictHybrid = strict }));

    [Fact]
    public void A_second_copy_is_a_strangers()
    {
        var (hello, memory) = (Sealed(Claim), Memory());
        Assert.Equal(RealityFault.None, Judge(hello, Rules, memory));
        Assert.Equal(RealityFault.Replayed, Judge(hello, Rules, memory));
    }

    [Fact]
    public void A_hello_may_be_split_at_every_octet()
    {
        var octets = Records(OfABrowser());
        for (var cut = 1; cut < octets.Length; cut++)
        {
            using var gate = new RealityGate(Rules, Memory());
            Assert.Equal(GateVerdict.NeedInput, gate.Feed(octets.AsSpan(0, cut), Now));
            Assert.Equal(GateVerdict.Ours, gate.Feed(octets.AsSpan(cut), Now));
        }
    }

    [Fact]
    public void A_hello_may_come_octet_by_octet()
    {
        var octets = Records(OfABrowser());
        using var gate = new RealityGate(Rules, Memory());
        for (var i = 0; i < octets.Length - 1; i++)
            Assert.Equal(GateVerdict.NeedInput, gate.Feed(octets.AsSpan(i, 1), Now));
        Assert.Equal(GateVerdict.Ours, gate.Feed(octets.AsSpan(^1), Now));
    }

    [Fact]
    public void A_hello_may_be_cut_into_two_records_at_every_octet()
    {
        var hello = OfABrowser();
        for (var cut = 1; cut < hello.Length; cut++)
            Assert.Equal(RealityFault.None, Judge(hello, Rules, records: [cut, hello.Length - cut]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    [InlineData(512)]
    public void A_hello_may_come_in_many_records(int length)
    {
        var hello = OfABrowser();
        var lengths = Enumerable.Range(0, (hello.Length + length - 1) / length)
            .Select(i => Math.Min(length, hello.Length - (i * length))).ToArray();
        Assert.Equal(RealityFault.None, Judge(hello, Rules, records: lengths));
    }

    [Fact]
    public void A_record_that_holds_more_than_the_hello_is_a_strangers()
    {
        var hello = Sealed(Claim);
        Assert.Equal(RealityFault.NotAHello, Judge([.. hello, 0], Rules));
    }

    private static RealityFault Judge(
        byte[] hello, RealityRules rules, HelloMemory? memory = null, params int[] records)
    {
        using var gate = new RealityGate(rules, memory ?? Memory());
        var verdict = gate.Feed(Records(hello, records), Now);
        Assert.Equal(gate.Fault == RealityFault.None ? GateVerdict.Ours : GateVerdict.Stranger, verdict);
        return gate.Fault;
    }

    private static RealityRules MakeRules()
    {
        var key = new Secret(X25519.KeySize);
        NodePrivate.CopyTo(key.Octets);
        return new RealityRules { PrivateKey = key, ServerNames = [Name], ShortIds = [Claim.ShortId] };
    }

    private static HelloMemory Memory() => new(windowSeconds: 90, capacity: 10, opensAt: 0);

    /// <summary>The message in records of these lengths, or in one.</summary>
    private static byte[] Records(byte[] hello, params int[] lengths)
    {
        var (octets, from) = (new List<byte>(), 0);
        foreach (var length in lengths is [] ? [hello.Length] : lengths)
        {
            octets.AddRange([22, 3, 1, (byte)(length >> 8), (byte)length, .. hello[from..(from + length)]]);
            from += length;
        }

        return [.. octets];
    }

    private static byte[] OfABrowser()
    {
        var offer = BrowserHello.Build(BrowserProfile.Default, Name, new SeededEntropy(1));
        using var client = new RealityClient(new RealityLink
        {
            ServerName = Name,
            PublicKey = PublicOf(NodePrivate),
            ShortId = Claim.ShortId,
        });
        Assert.True(client.TrySeal(offer, Now));
        return offer.Hello;
    }

    /// <summary>A small hello with these shares, sealed with <see cref="ClientPrivate"/>, which all are of.</summary>
    private static byte[] Sealed(
        RealityClaim claim, string name = Name, byte[]? nodePrivate = null, ushort[]? groups = null)
    {
        var clientPublic = PublicOf(ClientPrivate);
        byte[] shares =
        [
            .. (groups ?? [X25519Share]).SelectMany(group => (byte[])
            [
                .. U16(group),
                .. Vector([.. new byte[group == HybridShare ? MlKem768.EncapsulationKeySize : 0], .. clientPublic]),
            ]),
        ];
        byte[] serverName = name.Length == 0
            ? []
            : [0, 0, .. Vector(Vector([0, .. Vector(System.Text.Encoding.ASCII.GetBytes(name))]))];
        byte[] extensions =
        [
            .. serverName,
            .. U16(0x002B), .. Vector([2, 3, 4]),
            .. U16(0x0033), .. Vector(Vector(shares)),
        ];
        byte[] body =
        [
            3, 3, .. Enumerable.Range(0, 32).Select(i => (byte)i), 32, .. new byte[32],
            .. Vector([0x13, 0x01]), 1, 0, .. Vector(extensions),
        ];
        byte[] hello = [1, 0, .. U16(body.Length), .. body];
        Assert.True(RealityWire.TrySeal(
            hello, ClientPrivate, PublicOf(nodePrivate ?? NodePrivate), claim, new byte[RealityWire.AuthKeySize]));
        return hello;
    }

    private static byte[] PublicOf(byte[] privateKey)
    {
        var publicKey = new byte[X25519.KeySize];
        X25519.DerivePublicKey(privateKey, publicKey);
        return publicKey;
    }

    private static byte[] Vector(byte[] octets) => [.. U16(octets.Length), .. octets];

    private static byte[] U16(int value)
    {
        var octets = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(octets, (ushort)value);
        return octets;
    }
}
