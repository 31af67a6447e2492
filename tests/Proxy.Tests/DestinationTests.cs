using System.Net;
using CsCheck;

namespace Karez.Proxy.Tests;

public class DestinationTests
{
    [Theory]
    [InlineData("www.example.com:443", "www.example.com:443", AddressKind.Name)]
    [InlineData("8.8.8.8:53", "8.8.8.8:53", AddressKind.IPv4)]
    [InlineData("[2001:db8::1]:1", "[2001:db8::1]:1", AddressKind.IPv6)]
    [InlineData("127.1:65535", "127.1:65535", AddressKind.Name)]
    [InlineData("010.0.0.1:80", "010.0.0.1:80", AddressKind.Name)]
    [InlineData("256.1.1.1:80", "256.1.1.1:80", AddressKind.Name)]
    [InlineData("a_b-c.d.:80", "a_b-c.d.:80", AddressKind.Name)]
    public void Text_is_read_as_what_it_names(string text, string shown, AddressKind kind)
    {
        Assert.True(Destination.TryParse(text, out var destination));
        Assert.Equal(kind, destination.Kind);
        Assert.Equal(shown, destination.ToString());
        Assert.Equal(kind == AddressKind.Name, destination.ToAddress() is null);
    }

    [Theory]
    [InlineData("")]
    [InlineData("example.com")]
    [InlineData("example.com:")]
    [InlineData("example.com:0")]
    [InlineData("example.com:65536")]
    [InlineData("example.com:-1")]
    [InlineData("example.com:+80")]
    [InlineData(":80")]
    [InlineData("exa mple.com:80")]
    [InlineData("2001:db8::1:80")]
    [InlineData("[fe80::1%eth0]:80")]
    [InlineData("[::1:80")]
    [InlineData("[]:80")]
    [InlineData("[8.8.8.8]:80")]
    [InlineData("[[::1]]:80")]
    [InlineData("[::1]:80:80")]
    [InlineData("bücher.example:80")]
    public void Text_that_is_no_destination_is_refused(string text) => Assert.False(Destination.TryParse(text, out _));

    [Fact]
    public void A_missing_port_takes_the_default_given()
    {
        Assert.True(Destination.TryParse("example.com", out var named, 80));
        Assert.Equal(80, named.Port);
        Assert.True(Destination.TryParse("[::1]", out var address, 443));
        Assert.Equal(IPAddress.IPv6Loopback, address.ToAddress());
    }

    [Fact]
    public void Address_octets_come_back_as_given() =>
        Gen.Select(Gen.Bool, Gen.Byte.Array[16], Gen.Int[1, 65535]).Sample((short_, octets, port) =>
        {
            var host = octets.AsSpan(0, short_ ? 4 : 16);
            Assert.True(Destination.TryFromAddress(host, port, out var destination));
            var written = new byte[16];
            Assert.Equal(host.Length, destination.WriteHost(written));
            Assert.True(written.AsSpan(0, host.Length).SequenceEqual(host));
            Assert.True(Destination.TryFromAddress(destination.ToAddress()!, port, out var again));
            Assert.Equal(destination, again);
            Assert.True(Destination.TryParse(destination.ToString(), out var parsed));
            return parsed == destination;
        });

    [Fact]
    public void No_octets_make_the_parser_throw() =>
        Gen.Byte.Array[0, 300].Sample(octets =>
        {
            Destination.TryFromHost(octets, 1, out var destination);
            return destination.IsNone || destination.Port == 1;
        });

    [Fact]
    public void Names_are_compared_without_regard_to_case()
    {
        var upper = Host.At("Example.COM:1");
        var lower = Host.At("example.com:1");
        Assert.Equal(upper, lower);
        Assert.Equal(upper.GetHashCode(), lower.GetHashCode());
        Assert.NotEqual(default, lower);
    }
}
