using CsCheck;
using Karez.Config.Links;

namespace Karez.Config.Tests.Links;

public class VlessLinkTests
{
    private const string Id = "66ad4540-b58c-4ad2-9926-ea63445a9b57";
    private const string Key = "eaYx7t4b-cmPEgMs3q3Q56B5OY_HhriMyEbsia-FpRo";

    /// <summary>The example of the link's description, unchanged.</summary>
    private const string Example =
        "vless://66ad4540-b58c-4ad2-9926-ea63445a9b57@203.0.113.7:443?encryption=none&security=reality&type=tcp"
        + "&headerType=none&flow=xtls-rprx-vision&sni=www.example.com&fp=chrome"
        + "&pbk=eaYx7t4b-cmPEgMs3q3Q56B5OY_HhriMyEbsia-FpRo&sid=0123456789abcdef&spx=%2F#my%20node";

    [Fact]
    public void The_example_is_read_and_written_again_octet_for_octet()
    {
        var link = Good(Example);
        Assert.Equal(Example, link.Format());
        Assert.Equal("my node", link.Name);
        Assert.Equal("203.0.113.7:443", link.ToString());
        Assert.Empty(link.Notes);
        Assert.False(link.AllowsUdp443);
        var sid = new byte[8];
        link.CopyShortId(sid);
        Assert.Equal("0123456789ABCDEF", Convert.ToHexString(sid));
        var key = new byte[32];
        link.CopyPublicKey(key);
        Assert.StartsWith("79A631EEDE1BF9C98F", Convert.ToHexString(key), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("security=tls", "security")]
    [InlineData("security=none", "security")]
    [InlineData("security=", "security")]
    [InlineData("security=Reality", "security")]
    [InlineData("type=ws", "type")]
    [InlineData("type=xhttp", "type")]
    [InlineData("encryption=mlkem768x25519plus.native.0rtt.abc", "encryption")]
    [InlineData("headerType=http", "headerType")]
    [InlineData("flow=xtls-rprx-direct", "flow")]
    [InlineData("flow=XTLS-RPRX-VISION", "flow")]
    [InlineData("sni=1.2.3.4", "sni")]
    [InlineData("sni=a%20b", "sni")]
    [InlineData("fp=netscape", "fp")]
    [InlineData("pbk=", "pbk")]
    [InlineData("pbk=eaYx7t4b", "pbk")]
    [InlineData("pbk=eaYx7t4b-cmPEgMs3q3Q56B5OY_HhriMyEbsia-FpRo=", "pbk")]
    [InlineData("pbk=eaYx7t4b+cmPEgMs3q3Q56B5OY/HhriMyEbsia+FpRo", "pbk")]
    [InlineData("sid=012", "sid")]
    [InlineData("sid=0123456789abcdef01", "sid")]
    [InlineData("sid=zz", "sid")]
    [InlineData("pqv=abc", "pqv")]
    [InlineData("packetEncoding=packet", "packetEncoding")]
    [InlineData("fm=%7B%7D", "fm")]
    [InlineData("novel=1", "novel")]
    [InlineData("SNI=www.example.com", "SNI")]
    [InlineData("flow", "flow")]
    [InlineData("spx=%zz", "spx")]
    [InlineData("spx=%ff", "spx")]
    public void What_cannot_be_done_is_refused_with_the_keys_name(string pair, string key)
    {
        var name = pair.Split('=')[0];
        var pairs = Query().Where(p => !p.StartsWith(name + "=", StringComparison.Ordinal)).Append(pair);
        Assert.Contains(Bad(Link(pairs)), p => p.Path == key);
    }

    [Fact]
    public void Every_problem_is_told_at_once() =>
        Assert.Equal(
            ["fp", "host", "id", "name", "pbk", "port", "security", "sid", "type"],
            Bad("vless://@[::1:0?security=tls&type=ws&fp=x&sid=1&sni=a.example#%0a")
                .Select(p => p.Path).Order(StringComparer.Ordinal));

    [Fact]
    public void A_key_given_twice_is_refused() =>
        Assert.Equal(["sid"], Bad(Link(Query().Append("sid=00"))).Select(p => p.Path));

    [Fact]
    public void A_key_in_the_wrong_case_gets_its_right_spelling_as_hint() =>
        Assert.Contains(
            Bad(Link(Query().Append("packetencoding=xudp"))),
            p => p.Hint.EndsWith("packetEncoding", StringComparison.Ordinal));

    [Theory]
    [InlineData("@a.example:443")]
    [InlineData("1234567890123456789012345678901@a.example:443")]
    [InlineData("66ad4540-b58c-4ad2-9926-ea63445a9b5g@a.example:443")]
    [InlineData("66ad4540b-58c-4ad2-9926-ea63445a9b57@a.example:443")]
    [InlineData("me@a.example")]
    [InlineData("me@a.example:0")]
    [InlineData("me@a.example:65536")]
    [InlineData("me@2001:db8::1:443")]
    [InlineData("me@[fe80::1%25eth0]:443")]
    [InlineData("me@:443")]
    [InlineData("me@a..example:443")]
    public void A_bad_place_is_refused(string authority) =>
        Assert.Single(Bad($"vless://{authority}?{string.Join('&', Query())}"));

    [Theory]
    [InlineData("https://a.example/sub")]
    [InlineData("vmess://eyJ2IjoiMiJ9")]
    [InlineData("vless:/" + Id)]
    [InlineData("")]
    public void What_is_no_vless_link_is_one_problem(string text) => Assert.Single(Bad(text));

    [Fact]
    public void An_endless_link_is_refused() => Assert.Single(Bad("vless://" + new string('a', 100_000)));

    [Theory]
    [InlineData("me@[2001:DB8::1]:443", "2001:db8::1")]
    [InlineData("me@Bücher.example:443", "xn--bcher-kva.example")]
    [InlineData("me@b%C3%BCcher.example:443", "xn--bcher-kva.example")]
    [InlineData("me@a.example:443/", "a.example")]
    public void Hosts_are_brought_to_their_wire_form(string authority, string host) =>
        Assert.Equal(host, Good($"vless://{authority}?{string.Join('&', Query())}").Host);

    // XTLS/Xray-core documentation and common/uuid: text ids stand for UUIDs of version 5.
    [Theory]
    [InlineData("example", "feb54431-301b-52bb-a6dd-e1e93e81bb9e")]
    [InlineData("test", "e8b764da-5fe5-51ed-8af8-c5c6eca28d7a")]
    [InlineData("我爱🍉老师1314", "5783a3e7-e373-51cd-8642-c83782b807c5")]
    [InlineData("66AD4540b58c4ad29926ea63445a9b57", Id)]
    public void Text_ids_stand_for_uuids(string text, string id)
    {
        Assert.True(VlessId.TryParse(text, out var parsed));
        Assert.Equal(Guid.Parse(id), parsed);
        var link = $"vless://{Uri.EscapeDataString(text)}@a.example:443?{string.Join('&', Query())}";
        Assert.Equal(parsed, Good(link).Id);
    }

    [Fact]
    public void Plus_is_plus_and_later_equals_signs_belong_to_the_value() =>
        Assert.Equal("/a+b=c", Good(Link(Query().Where(p => p != "spx=%2F").Append("spx=/a+b=c"))).SpiderPath);

    [Fact]
    public void A_missing_name_is_the_hosts_own_if_it_is_a_name()
    {
        var without = Query().Where(p => !p.StartsWith("sni", StringComparison.Ordinal)).ToList();
        Assert.Equal("node.example", Good($"vless://me@node.example:443?{string.Join('&', without)}").ServerName);
        Assert.Equal(["sni"], Bad($"vless://me@203.0.113.7:443?{string.Join('&', without)}").Select(p => p.Path));
    }

    [Fact]
    public void What_has_no_effect_is_noted()
    {
        var link = Good(Link(Query().Where(p => !p.StartsWith("fp", StringComparison.Ordinal))
            .Concat(["fp=safari", "alpn=h2", "path=%2Fx", "allowInsecure=1", "serviceName="])));
        Assert.Equal(4, link.Notes.Count);
        Assert.Contains(link.Notes, n => n.Contains("fp=safari", StringComparison.Ordinal));
    }

    [Fact]
    public void Udp_443_is_carried_by_the_udp443_flow_and_without_flow()
    {
        var others = Query().Where(p => !p.StartsWith("flow", StringComparison.Ordinal)).ToList();
        Assert.True(Good(Link(others)).AllowsUdp443);
        Assert.True(Good(Link(others.Append("flow=xtls-rprx-vision-udp443"))).AllowsUdp443);
    }

    [Fact]
    public void Problems_repeat_no_secret()
    {
        var text = string.Join('\n', Bad($"vless://{Id}x@a.example:1?security=tls&pbk={Key}1&sid=c0ffee5ecre7"));
        Assert.DoesNotContain(Id, text, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, text, StringComparison.Ordinal);
        Assert.DoesNotContain("c0ffee5ecre7", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_is_written_is_read_again() =>
        Gen.Select(Gen.Guid, Gen.Int[1, 65535], Gen.Byte.Array[0, 8], Names, Gen.Byte.Array[1952])
            .Sample((id, port, sid, name, pqv) =>
            {
                var link = new VlessLink
                {
                    Id = id,
                    Host = port % 2 == 0 ? "2001:db8::7" : "node.example",
                    Port = port,
                    Flow = VlessLink.VisionFlow,
                    ServerName = "www.example.com",
                    PublicKey = Key,
                    ShortId = Convert.ToHexStringLower(sid),
                    SpiderPath = "/" + name,
                    MlDsaKey = port % 3 == 0 ? System.Buffers.Text.Base64Url.EncodeToString(pqv) : null,
                    Name = name,
                };
                var again = Good(link.Format());
                Assert.Equal(link.Format(), again.Format());
                Assert.Equal(name, again.Name);
                Assert.Equal(link.DecodeMlDsaKey(), again.DecodeMlDsaKey());
                Assert.Equal(id, again.Id);
            }, iter: 500);

    [Fact]
    public void Random_damage_never_throws() =>
        Gen.Select(Gen.Int[0, Example.Length - 1], Gen.Char, Gen.Int[0, Example.Length]).Sample((at, c, cut) =>
        {
            var problems = new List<Problem>();
            var text = (Example[..at] + c + Example[(at + 1)..])[..cut];
            Assert.Equal(VlessLink.Parse(text, problems) is null, problems.Count > 0);
        }, iter: 5_000);

    private static Gen<string> Names => Gen.String[Gen.Char["aé ✓#?&=%+/\"@:"], 0, 40];

    private static List<string> Query() =>
        [.. Example.Split('?')[1].Split('#')[0].Split('&')];

    private static string Link(IEnumerable<string> pairs) =>
        $"vless://{Id}@203.0.113.7:443?{string.Join('&', pairs)}#n";

    private static VlessLink Good(string text)
    {
        var problems = new List<Problem>();
        var link = VlessLink.Parse(text, problems);
        Assert.Empty(problems);
        return link!;
    }

    private static List<Problem> Bad(string text)
    {
        var problems = new List<Problem>();
        Assert.Null(VlessLink.Parse(text, problems));
        return problems;
    }
}
