using System.Net;
using Karez.Ip.Dns;
using Karez.Ip.Headers;

namespace Karez.Tun;

/// <summary>The addresses of one family on the device, and the fake ones.</summary>
/// <param name="Address">The device's own address; the caller sets it on the interface.</param>
/// <param name="Peer">The other address of the link, which is ours: names are asked for there.</param>
/// <param name="PrefixLength">Of the link.</param>
/// <param name="Fakes">Addresses that stand for names.</param>
/// <param name="FakeNetwork">The network that holds them, for routes.</param>
public sealed record TunPair(
    IPAddress Address, IPAddress Peer, int PrefixLength, FakeRange Fakes, IPNetwork FakeNetwork)
{
    /// <summary>198.18.0.1 and 198.18.0.2 of 30 bits; fake ones in 198.18.0.0/15 (RFC 2544: routed nowhere).</summary>
    public static TunPair DefaultIPv4 { get; } = new(
        IPAddress.Parse("198.18.0.1"), IPAddress.Parse("198.18.0.2"), 30,
        new FakeRange(HostAddress.FromIPv4(0xC612_0100), 130_560), IPNetwork.Parse("198.18.0.0/15"));

    /// <summary>fd6b:6172:657a::1 and ::2 of 126 bits (RFC 4193); fake ones in fd6b:6172:657a:1::/64.</summary>
    public static TunPair DefaultIPv6 { get; } = new(
        IPAddress.Parse("fd6b:6172:657a::1"), IPAddress.Parse("fd6b:6172:657a::2"), 126,
        new FakeRange(HostAddress.From(IPAddress.Parse("fd6b:6172:657a:1::100")), 130_560),
        IPNetwork.Parse("fd6b:6172:657a:1::/64"));

    internal HostAddress Own { get; } = HostAddress.From(Address);

    internal HostAddress Other { get; } = HostAddress.From(Peer);
}
