using System.Text.Json;
using Karez.Config.Links;

namespace Karez.Config.Tests.Links;

public class ConverterTests
{
    [Fact]
    public void Sing_box_gets_the_documented_outbound()
    {
        using var document = JsonDocument.Parse(SingBoxProfile.Write(Sample()));
        var outbound = document.RootElement.GetProperty("outbounds")[0];
        var expected = """
            {"type":"vless","tag":"a \"b\": #c","server":"2001:db8::7","server_port":8443,
             "uuid":"66ad4540-b58c-4ad2-9926-ea63445a9b57","flow":"xtls-rprx-vision","packet_encoding":"xudp",
             "tls":{"enabled":true,"server_name":"www.example.com","utls":{"enabled":true,"fingerprint":"chrome"},
                    "reality":{"enabled":true,"public_key":"eaYx7t4b-cmPEgMs3q3Q56B5OY_HhriMyEbsia-FpRo",
                               "short_id":"12345678"}}}
            """;
        using var wanted = JsonDocument.Parse(expected);
        Assert.True(JsonElement.DeepEquals(wanted.RootElement, outbound));
        Assert.Single(SingBoxProfile.Notes(Sample()));
    }

    [Fact]
    public void Mihomo_gets_quoted_values_and_the_hybrid_share()
    {
        var yaml = MihomoProfile.Write(Sample());
        Assert.Contains("  - name: \"a \\\"b\\\": #c\"\n", yaml, StringComparison.Ordinal);
        Assert.Contains("      short-id: \"12345678\"\n", yaml, StringComparison.Ordinal);
        Assert.Contains("      support-x25519mlkem768: true\n", yaml, StringComparison.Ordinal);
        Assert.Contains("    flow: xtls-rprx-vision\n", yaml, StringComparison.Ordinal);
        Assert.Contains("    server: \"2001:db8::7\"\n", yaml, StringComparison.Ordinal);
        Assert.Single(MihomoProfile.Notes(Sample()));
    }

    [Fact]
    public void A_fingerprint_that_only_xray_knows_becomes_its_family()
    {
        Assert.Equal("chrome", Fingerprints.FamilyOf("hellochrome_133"));
        Assert.Equal("firefox", Fingerprints.FamilyOf("hellofirefox_120"));
        Assert.Equal("safari", Fingerprints.FamilyOf("Safari"));
    }

    private static VlessLink Sample() => new()
    {
        Id = Guid.Parse("66ad4540-b58c-4ad2-9926-ea63445a9b57"),
        Host = "2001:db8::7",
        Port = 8443,
        Flow = VlessLink.VisionUdp443Flow,
        ServerName = "www.example.com",
        Fingerprint = "hellochrome_133",
        PublicKey = "eaYx7t4b-cmPEgMs3q3Q56B5OY_HhriMyEbsia-FpRo",
        ShortId = "12345678",
        Name = "a \"b\": #c",
    };
}
