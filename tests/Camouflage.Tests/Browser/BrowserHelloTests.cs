using System.Numerics;
using Karez.Camouflage.Browser;
using Karez.Crypto;
using Karez.Observe;
using Karez.Tests;
using Karez.Tls.Handshake;

namespace Karez.Camouflage.Tests.Browser;

public class BrowserHelloTests
{
    private const ushort EncryptedClientHello = 0xFE0D;

    [Theory]
    [InlineData("chromium-156", "t13d1517h2_8daaf6152771_cb7bf5808d99")]
    [InlineData("chrome-150", "t13d1516h2_8daaf6152771_806a8c22fdea")]
    [InlineData("chrome-133", "t13d1516h2_8daaf6152771_d8a2da3f94cd")]
    [InlineData("firefox-153", "t13d1617h2_86a278354501_3cbfd9057e0d")]
    public void Each_profile_has_its_browsers_ja4(string profile, string expected) =>
        Assert.All(Hellos(profile, 20), hello => Assert.Equal(expected, Ja4.Of(hello)));

    [Fact]
    public void Every_profile_has_its_ja4_in_the_test_above() => Assert.Equal(4, BrowserProfile.Names.Count);

    [Fact]
    public void A_hello_has_the_captured_ones_extensions_and_lengths()
    {
        var captured = File.ReadAllBytes(Path.Combine(Here(), "../../Vectors/chromium-156-clienthello.bin"));
        Assert.True(HelloFields.TryParseStream(captured, out var real));
        var ours = Hellos("chromium-156", 1, "www.example.com").Single();
        Assert.Equal(Lengths(real!), Lengths(ours));
        foreach (var extension in real!.Extensions.Where(e => !HasGreaseOrKeys(e.Type)))
        {
            Assert.True(ours.TryGetExtension(extension.Type, out var body));
            Assert.Equal(Convert.ToHexString(extension.Body.Span), Convert.ToHexString(body.Span));
        }
    }

    [Fact]
    public void Grease_follows_its_rules()
    {
        var hellos = Hellos("chromium-156", 2000);
        Assert.All(hellos, hello =>
        {
            Assert.True(Grease.Is(hello.CipherSuites[0]));
            Assert.True(Grease.Is(hello.SupportedVersions[0]));
            Assert.True(Grease.Is(hello.SignatureAlgorithms[0]));
            Assert.True(Grease.Is(hello.Groups[0]));
            Assert.Equal(hello.Groups[0], hello.KeyShares[0].Group);
            Assert.Equal([0], hello.KeyShares[0].Key.ToArray());
            var (first, last) = (hello.Extensions[0], hello.Extensions[^1]);
            Assert.True(Grease.Is(first.Type) && Grease.Is(last.Type) && first.Type != last.Type);
            Assert.True(first.Body.IsEmpty && last.Body.Span.SequenceEqual((byte[])[0]));
            Assert.Equal(2, hello.Extensions.Count(e => Grease.Is(e.Type)));
        });
        foreach (var draw in GreaseDraws)
            Assert.True(ChiSquare.Even(Histogram(hellos.Select(hello => draw(hello) >> 12), 16)) > 0.001);
        foreach (var (a, b) in GreaseDraws.SelectMany((a, i) => GreaseDraws[(i + 1)..].Select(b => (a, b))).Skip(1))
            Assert.InRange(hellos.Count(hello => a(hello) == b(hello)), 60, 200); // 125 expected
    }

    [Fact]
    public void Extensions_between_the_grease_ones_are_evenly_permuted()
    {
        var hellos = Hellos("chromium-156", 2000);
        var types = hellos[0].Extensions.Select(e => e.Type).Where(type => !Grease.Is(type)).ToArray();
        Assert.Equal(17, types.Length);
        foreach (var type in types)
        {
            var positions = hellos.Select(hello => hello.Extensions.Index().Single(e => e.Item.Type == type).Index - 1);
            Assert.True(ChiSquare.Even(Histogram(positions, types.Length)) > 0.0001, $"{type:x4}");
        }

        // Which neighbour follows which: a shuffle can give even positions and still tie extensions together.
        var pairs = hellos.SelectMany(hello => hello.Extensions.Skip(1).Zip(hello.Extensions.Skip(2)).SkipLast(1));
        var following = pairs.Select(pair => (Array.IndexOf(types, pair.First.Type) * types.Length)
            + Array.IndexOf(types, pair.Second.Type)).ToArray();
        var cells = Histogram(following, types.Length * types.Length)
            .Where((_, cell) => cell / types.Length != cell % types.Length).ToArray();
        Assert.True(ChiSquare.Even(cells) > 0.0001);
    }

    [Fact]
    public void Chromium_has_three_keys_of_its_own_and_Firefox_shares_one()
    {
        var keys = new HashSet<string>();
        foreach (var hello in Hellos("chromium-156", 200, reuse: false))
        {
            Assert.True(keys.Add(Hex(hello.KeyShares[1].Key[..1184])));
            Assert.True(keys.Add(Hex(hello.KeyShares[1].Key[1184..])));
            Assert.True(keys.Add(Hex(hello.KeyShares[2].Key)));
        }

        foreach (var hello in Hellos("firefox-153", 50, reuse: false))
        {
            Assert.Equal([0x11EC, 0x001D, 0x0017], hello.KeyShares.Select(share => (int)share.Group));
            Assert.Equal(Hex(hello.KeyShares[0].Key[1184..]), Hex(hello.KeyShares[1].Key));
            Assert.True(keys.Add(Hex(hello.KeyShares[1].Key)));
            Assert.True(keys.Add(Hex(hello.KeyShares[2].Key)));
        }
    }

    [Fact]
    public void Keys_made_before_are_used_and_fit_Firefoxs_sharing()
    {
        Assert.True(BrowserProfile.TryGet("firefox", out var firefox));
        var entropy = new SeededEntropy(7);
        var hybrid = KeyShare.Generate(NamedGroup.X25519MLKEM768, entropy);
        var plain = KeyShare.Generate(NamedGroup.X25519, entropy);
        var fromHybrid = BrowserHello.Build(
            firefox!, new HelloRequest { ServerName = "a.example", KeyShares = [hybrid] }, entropy);
        Assert.Same(hybrid, fromHybrid.KeyShares[0]);
        Assert.Equal(hybrid.PublicShare[1184..], fromHybrid.KeyShares[1].PublicShare);
        var fromPlain = BrowserHello.Build(
            firefox!, new HelloRequest { ServerName = "a.example", KeyShares = [plain] }, entropy);
        Assert.Same(plain, fromPlain.KeyShares[1]);
        Assert.Equal(plain.PublicShare, fromPlain.KeyShares[0].PublicShare[1184..]);
    }

    [Theory]
    [InlineData("chromium-156", "0001", "144 176 208 240")]
    [InlineData("firefox-153", "0001 0003", "239")]
    public void Ech_grease_looks_like_ech(string profile, string aeads, string lengths)
    {
        var bodies = Hellos(profile, 400).Select(hello =>
            hello.TryGetExtension(EncryptedClientHello, out var body) ? body : default).ToArray();
        Assert.All(bodies, body => Assert.Equal("000001", Hex(body[..3])));
        Assert.All(bodies, body => Assert.Equal("0020", Hex(body[6..8])));
        Assert.All(bodies, body => Assert.True(IsOnCurve25519(body.Slice(8, 32).Span)));
        Evenly(aeads, bodies.Select(body => Hex(body[3..5])));
        Evenly(lengths, bodies.Select(body => $"{body.Length - 42}"));
        Assert.All(bodies, body => Assert.Equal(body.Length - 42, (body.Span[40] << 8) | body.Span[41]));

        static void Evenly(string expected, IEnumerable<string> seen)
        {
            var counts = seen.CountBy(value => value).ToDictionary();
            Assert.Equal(expected.Split(' '), counts.Keys.Order());
            Assert.True(counts.Count == 1 || ChiSquare.Even([.. counts.Values]) > 0.001);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("192.0.2.7")]
    [InlineData("2001:db8::7")]
    public void Without_a_host_name_there_is_no_server_name(string name)
    {
        var hello = Hellos("chromium-156", 1, name).Single();
        Assert.Null(hello.ServerName);
        Assert.False(hello.TryGetExtension(0, out _));
        Assert.Equal(18, hello.Extensions.Count);
    }

    [Fact]
    public void The_server_name_is_sent_as_it_is_given() =>
        Assert.Equal("WWW.Example.com", Hellos("chromium-156", 1, "WWW.Example.com").Single().ServerName);

    [Fact]
    public void A_name_that_no_hello_can_hold_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Hellos("chromium-156", 1, "münchen.example"));
        Assert.Throws<ArgumentException>(() => Hellos("chromium-156", 1, new string('a', 256)));
    }

    [Fact]
    public void Without_h2_nothing_speaks_of_h2()
    {
        var request = new HelloRequest { ServerName = "a.example", Alpn = ["http/1.1"] };
        var hello = Parse(BrowserHello.Build(BrowserProfile.Default, request, new SeededEntropy(1)));
        Assert.Equal(["http/1.1"], hello.Alpn);
        Assert.False(hello.TryGetExtension(0x44CD, out _));
        Assert.Equal(18, hello.Extensions.Count);
    }

    [Fact]
    public void The_same_draws_give_the_same_hello()
    {
        foreach (var name in BrowserProfile.Names)
        {
            Assert.True(BrowserProfile.TryGet(name, out var profile));
            var first = BrowserHello.Build(profile!, "a.example", new SeededEntropy(3)).Hello;
            Assert.Equal(first, BrowserHello.Build(profile!, "a.example", new SeededEntropy(3)).Hello);
            Assert.NotEqual(first, BrowserHello.Build(profile!, "a.example", new SeededEntropy(4)).Hello);
        }
    }

    private static readonly Func<HelloFields, int>[] GreaseDraws =
    [
        hello => hello.Extensions[0].Type, hello => hello.Extensions[^1].Type, hello => hello.CipherSuites[0],
        hello => hello.Groups[0], hello => hello.SupportedVersions[0], hello => hello.SignatureAlgorithms[0],
    ];

    private static List<HelloFields> Hellos(string name, int count, string host = "a.example", bool reuse = true)
    {
        Assert.True(BrowserProfile.TryGet(name, out var profile));
        var entropy = new SeededEntropy(20_26);
        var shares = reuse ? BrowserHello.Build(profile!, host, entropy).KeyShares : [];
        var request = new HelloRequest { ServerName = host, KeyShares = shares };
        return [.. Enumerable.Range(0, count).Select(_ => Parse(BrowserHello.Build(profile!, request, entropy)))];
    }

    private static HelloFields Parse(ClientOffer offer)
    {
        Assert.True(HelloFields.TryParse(offer.Hello, out var fields));
        Assert.Equal(offer.Hello.Length, fields!.Message.Length);
        Assert.Equal(32, fields.SessionId.Length);
        Assert.Equal(offer.Hello.AsSpan(39, 32), fields.SessionId.Span);
        return fields;
    }

    private static IEnumerable<string> Lengths(HelloFields hello) => hello.Extensions
        .Where(e => e.Type != EncryptedClientHello)
        .Select(e => $"{(Grease.Is(e.Type) ? "grease" : e.Type.ToString("x4"))}:{e.Body.Length}").Order();

    private static bool HasGreaseOrKeys(ushort type) =>
        Grease.Is(type) || type is EncryptedClientHello or 10 or 13 or 43 or 51;

    private static int[] Histogram(IEnumerable<int> values, int cells)
    {
        var counts = new int[cells];
        foreach (var value in values)
            counts[value]++;
        return counts;
    }

    // y^2 = x^3 + 486662 x^2 + x has a root in the field (Euler's criterion); half of all octet strings have none.
    private static bool IsOnCurve25519(ReadOnlySpan<byte> coordinate)
    {
        var p = BigInteger.Pow(2, 255) - 19;
        var x = new BigInteger(coordinate, isUnsigned: true) % p;
        return BigInteger.ModPow(((x * x * x) + (486662 * x * x) + x) % p, (p - 1) / 2, p) == 1;
    }

    private static string Hex(ReadOnlyMemory<byte> octets) => Convert.ToHexStringLower(octets.Span);

    private static string Here([System.Runtime.CompilerServices.CallerFilePath] string path = "") =>
        Path.GetDirectoryName(path)!;
}
