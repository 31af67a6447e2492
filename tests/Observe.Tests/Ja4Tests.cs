namespace Karez.Observe.Tests;

public class Ja4Tests
{
    [Fact]
    public void Chromium_156_has_its_published_fingerprint()
    {
        Assert.True(HelloFields.TryParseStream(TestHellos.Chromium156(), out var hello));
        Assert.Equal("t13d1517h2_8daaf6152771_cb7bf5808d99", Ja4.Of(hello!));
    }

    [Fact]
    public void Chrome_133_has_its_published_fingerprint()
    {
        Assert.True(HelloFields.TryParse(TestHellos.Chrome133(), out var hello));
        Assert.Equal("t13d1516h2_8daaf6152771_d8a2da3f94cd", Ja4.Of(hello!));
    }

    [Fact]
    public void Chrome_150_is_Chrome_133_with_three_ml_dsa_schemes()
    {
        Assert.True(HelloFields.TryParse(WithMlDsa(TestHellos.Chrome133()), out var hello));
        Assert.Equal("t13d1516h2_8daaf6152771_806a8c22fdea", Ja4.Of(hello!));
    }

    [Theory]
    [InlineData("00", "")]
    [InlineData("h2", "00100005 0003 02 6832")]
    [InlineData("h1", "0010000b 0009 08 687474702f312e31")]
    [InlineData("dd", "00100004 0002 01 dd")]
    [InlineData("aa", "00100005 0003 02 ab ba")]
    [InlineData("00", "00100002 0000")]
    public void The_first_alpn_value_gives_two_characters(string expected, string extensionHex)
    {
        var extensions = Convert.FromHexString(extensionHex.Replace(" ", "", StringComparison.Ordinal));
        Assert.True(HelloFields.TryParse(Plain(0x0303, extensions), out var hello));
        Assert.Equal(expected, Ja4.Of(hello!).Split('_')[0][^2..]);
    }

    [Theory]
    [InlineData(0x0303, "12")]
    [InlineData(0x0302, "11")]
    [InlineData(0x0301, "10")]
    [InlineData(0x0300, "s3")]
    [InlineData(0x7F7F, "00")]
    public void Without_supported_versions_the_legacy_version_counts(int version, string expected)
    {
        Assert.True(HelloFields.TryParse(Plain((ushort)version, []), out var hello));
        Assert.Equal($"t{expected}i010000_{Sha("1301")}_000000000000", Ja4.Of(hello!));
    }

    private static string Sha(string text) => Convert.ToHexStringLower(
        System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(text)))[..12];

    private static byte[] Plain(ushort version, byte[] extensions)
    {
        byte[] body =
        [
            (byte)(version >> 8), (byte)version, .. new byte[32], 0, 0, 2, 0x13, 0x01, 1, 0,
            (byte)(extensions.Length >> 8), (byte)extensions.Length, .. extensions,
        ];
        return [1, 0, (byte)(body.Length >> 8), (byte)body.Length, .. body];
    }

    private static byte[] WithMlDsa(byte[] message)
    {
        var at = message.AsSpan().IndexOf(Convert.FromHexString("000d00120010040308040401"));
        byte[] grown =
        [
            .. message[..at], .. Convert.FromHexString("000d00180016090409050906"), .. message[(at + 6)..],
        ];
        AddSix(grown, 2);
        AddSix(grown, 4 + 2 + 32 + 33 + 2 + 32 + 2);
        return grown;
    }

    private static void AddSix(byte[] message, int offset)
    {
        var length = ((message[offset] << 8) | message[offset + 1]) + 6;
        message[offset] = (byte)(length >> 8);
        message[offset + 1] = (byte)length;
    }
}
