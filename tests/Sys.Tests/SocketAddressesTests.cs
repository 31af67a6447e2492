using System.Net;
using System.Net.Sockets;
using CsCheck;

namespace Karez.Sys.Tests;

public class SocketAddressesTests
{
    [Fact]
    public void Any_ip_end_point_comes_back_as_it_went()
    {
        var octets = Gen.OneOf(Gen.Byte.Array[4], Gen.Byte.Array[16]);
        Gen.Select(octets, Gen.Int[0, 65535]).Sample((address, port) =>
        {
            var endPoint = new IPEndPoint(new IPAddress(address), port);
            Span<byte> raw = stackalloc byte[SocketAddresses.MaxSize];
            var length = SocketAddresses.Encode(endPoint, raw);
            Assert.Equal(address.Length == 4 ? 16 : 28, length);
            var expected = endPoint.Address.IsIPv4MappedToIPv6
                ? new IPEndPoint(endPoint.Address.MapToIPv4(), port)
                : endPoint;
            Assert.Equal(expected, SocketAddresses.Decode(raw[..length]));
            length = SocketAddresses.Encode(endPoint, raw, asIPv6: true);
            Assert.Equal(28, length);
            Assert.Equal(expected, SocketAddresses.Decode(raw[..length]));
        });
    }

    [Fact]
    public void The_octets_are_the_frameworks()
    {
        foreach (var text in new[] { "127.0.0.1:80", "[2001:db8::1]:443", "[fe80::1%3]:9" })
        {
            var endPoint = IPEndPoint.Parse(text);
            var raw = new byte[SocketAddresses.MaxSize];
            var length = SocketAddresses.Encode(endPoint, raw);
            Assert.Equal(endPoint.Serialize().Buffer[..length].ToArray(), raw[..length]);
        }
    }

    [Fact]
    public void Unix_paths_come_back_and_long_ones_are_refused()
    {
        var raw = new byte[SocketAddresses.MaxSize];
        foreach (var path in new[] { "/run/karez/status", "\0abstract", new string('x', 107) })
        {
            var endPoint = new UnixDomainSocketEndPoint(path);
            var length = SocketAddresses.Encode(endPoint, raw);
            Assert.Equal(endPoint.ToString(), SocketAddresses.Decode(raw.AsSpan(0, length))?.ToString());
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => new UnixDomainSocketEndPoint(new string('x', 200)));
        Assert.Equal(0, SocketAddresses.Encode(new DnsEndPoint("name", 1), raw));
    }

    [Fact]
    public void Hostile_octets_never_throw() => Gen.Byte.Array[0, 40].Sample(octets =>
    {
        for (byte family = 0; family < 12; family++)
        {
            if (octets.Length > 1) (octets[0], octets[1]) = (family, 0);
            _ = SocketAddresses.Decode(octets);
        }
    });
}
