using CsCheck;

namespace Karez.Observe.Tests;

public class HelloFieldsTests
{
    [Fact]
    public void Reads_what_Chromium_says()
    {
        Assert.True(HelloFields.TryParseStream(TestHellos.Chromium156(), out var hello));
        Assert.NotNull(hello);
        Assert.Equal(0x0303, hello.LegacyVersion);
        Assert.Equal(32, hello.SessionId.Length);
        Assert.Equal("www.example.com", hello.ServerName);
        Assert.Equal(["h2", "http/1.1"], hello.Alpn);
        Assert.Equal(19, hello.Extensions.Count);
        Assert.Equal([0x4A4A, 0x11EC, 0x001D, 0x0017, 0x0018], hello.Groups);
        Assert.Equal(
            [(0x4A4A, 1), (0x11EC, 1216), (0x001D, 32)],
            hello.KeyShares.Select(share => ((int)share.Group, share.Key.Length)));
        Assert.Equal(0x6A6A, hello.SignatureAlgorithms[0]);
        Assert.True(hello.TryGetExtension(0xCA34, out var anchors) && anchors.Length == 186);
        Assert.False(hello.TryGetExtension(0x0029, out _));
    }

    [Fact]
    public void A_hello_cut_into_records_anywhere_reads_the_same()
    {
        var message = TestHellos.Chrome133();
        Gen.Int[1, message.Length - 1].Sample(cut =>
        {
            byte[] stream = [.. Record(message[..cut]), .. Record(message[cut..])];
            return HelloFields.TryParseStream(stream, out var hello)
                && hello!.Message.Span.SequenceEqual(message);
        });
    }

    [Fact]
    public void A_hello_that_is_not_all_there_is_not_read()
    {
        var stream = TestHellos.Chromium156();
        for (var length = 0; length < stream.Length; length++)
            Assert.False(HelloFields.TryParseStream(stream.AsSpan(0, length), out _));
    }

    [Fact]
    public void Hostile_octets_never_throw()
    {
        var good = TestHellos.Chrome133();
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Int[0, good.Length]).Sample((at, value, length) =>
        {
            var bad = good[..];
            bad[at] = value;
            if (HelloFields.TryParse(bad.AsSpan(0, length), out var hello))
                _ = Ja4.Of(hello!);
            return HelloFields.TryParse(bad, out hello) || hello is null;
        });
        Gen.Byte.Array[0, 200].Sample(noise =>
            HelloFields.TryParse([1, 0, 0, (byte)noise.Length, .. noise], out var hello) || hello is null);
    }

    private static byte[] Record(byte[] body) => [22, 3, 1, (byte)(body.Length >> 8), (byte)body.Length, .. body];
}
