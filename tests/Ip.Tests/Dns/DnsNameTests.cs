using CsCheck;
using Karez.Ip.Dns;

namespace Karez.Ip.Tests.Dns;

public class DnsNameTests
{
    private static readonly Gen<string> s_name = Gen.Select(
        Gen.String[Gen.Char["abcdefghijklmnopqrstuvwxyz0123456789-_"], 1, 20].Array[1, 10],
        labels => string.Join('.', labels));

    [Fact]
    public void The_example_of_RFC_1035_is_read()
    {
        // Section 4.1.4: F.ISI.ARPA at 20, FOO.F.ISI.ARPA at 40, ARPA at 64, the root at 92.
        var message = new byte[93];
        "\u0001F\u0003ISI\u0004ARPA\0"u8.CopyTo(message.AsSpan(20));
        "\u0003FOO"u8.CopyTo(message.AsSpan(40));
        (message[44], message[45]) = (0xC0, 20);
        (message[64], message[65]) = (0xC0, 26);
        Assert.Equal(
            ["f.isi.arpa", "foo.f.isi.arpa", "arpa", ""], new[] { 20, 40, 64, 92 }.Select(at => Read(message, at)));
        Assert.Equal([32, 46, 66, 93], new[] { 20, 40, 64, 92 }.Select(at => DnsName.Skip(message, at)));
    }

    [Fact]
    public void A_name_comes_back_as_it_went_in() => s_name.Sample(name =>
    {
        var octets = new byte[DnsName.MaxWire];
        var length = DnsName.Write(name, octets);
        if (name.Length > DnsName.MaxText)
        {
            Assert.Equal(0, length);
            return;
        }

        Assert.Equal(name, Read(octets.AsSpan(0, length).ToArray(), 0));
        Assert.Equal(length, DnsName.Skip(octets, 0));
        for (var cut = 0; cut < length; cut++)
        {
            Assert.Equal(-1, DnsName.Skip(octets.AsSpan(0, cut), 0));
            Assert.Equal(DnsNameKind.Broken, DnsName.TryRead(octets.AsSpan(0, cut), 0, new char[253], out _));
        }
    });

    [Theory]
    [InlineData("C000")] // itself
    [InlineData("0161C000")] // a circle through a label
    [InlineData("C002C000")] // forwards
    [InlineData("C0")] // half a pointer
    [InlineData("4061")] // a length that is none
    [InlineData("80")]
    [InlineData("")]
    public void What_leads_nowhere_is_no_name(string hex) => Assert.Equal(
        DnsNameKind.Broken, DnsName.TryRead(Convert.FromHexString(hex), 0, new char[253], out _));

    [Fact]
    public void Pointers_may_not_make_a_name_longer_than_a_name()
    {
        var message = new List<byte>();
        var label = Enumerable.Repeat((byte)'a', 63).Prepend((byte)63).ToArray();
        message.AddRange([.. label, 0]);
        var at = 0;
        for (var i = 0; i < 4; i++)
        {
            var next = message.Count;
            message.AddRange([.. label, (byte)(0xC0 | (at >> 8)), (byte)at]);
            at = next;
        }

        Assert.Equal(DnsNameKind.Broken, DnsName.TryRead(message.ToArray(), at, new char[253], out _));
    }

    [Fact]
    public void Many_jumps_are_too_many()
    {
        var message = new List<byte> { 0 };
        for (var i = 0; i < 40; i++)
        {
            var to = i == 0 ? 0 : message.Count - 2;
            message.AddRange([(byte)(0xC0 | (to >> 8)), (byte)to]);
        }

        Assert.Equal("", Read(message.ToArray(), 1 + (2 * 31)));
        Assert.Equal(
            DnsNameKind.Broken, DnsName.TryRead(message.ToArray(), message.Count - 2, new char[253], out _));
    }

    [Fact]
    public void Other_octets_are_told_from_a_hosts()
    {
        var text = new char[253];
        Assert.Equal(DnsNameKind.Other, DnsName.TryRead("\u0003a.b\u0002cd\0"u8, 0, text, out var length));
        Assert.Equal("a?b.cd", new string(text, 0, length));
    }

    [Theory]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("a.")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("münchen")]
    public void What_is_no_name_is_not_written(string text) =>
        Assert.Equal(0, DnsName.Write(text, new byte[DnsName.MaxWire]));

    private static string Read(byte[] message, int at)
    {
        var text = new char[DnsName.MaxText];
        Assert.Equal(DnsNameKind.Host, DnsName.TryRead(message, at, text, out var length));
        return new string(text, 0, length);
    }
}
