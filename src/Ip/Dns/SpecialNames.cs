using System.Globalization;
using Karez.Ip.Headers;

namespace Karez.Ip.Dns;

/// <summary>Names that are answered by what they are (RFC 6761, 6762, 7686, 9462), all in lower case.</summary>
public static class SpecialNames
{
    /// <summary>Says what a name is.</summary>
    public static SpecialName KindOf(ReadOnlySpan<char> name)
    {
        if (IsIn(name, "localhost"))
            return SpecialName.Loopback;
        if (IsIn(name, "in-addr.arpa") || IsIn(name, "ip6.arpa"))
            return SpecialName.Reverse;
        if (IsIn(name, "use-application-dns.net") || IsIn(name, "resolver.arpa"))
            return SpecialName.Resolver;
        if (name.IsEmpty || !name.Contains('.'))
            return SpecialName.Nowhere;
        foreach (var nowhere in s_nowhere)
        {
            if (IsIn(name, nowhere))
                return SpecialName.Nowhere;
        }

        return SpecialName.None;
    }

    /// <summary>Whether a name is a known resolver's for DNS over HTTPS or TLS.</summary>
    public static bool IsKnownResolver(ReadOnlySpan<char> name)
    {
        foreach (var resolver in s_resolvers)
        {
            if (IsIn(name, resolver))
                return true;
        }

        return false;
    }

    /// <summary>Whether an address is a known public resolver's.</summary>
    public static bool IsKnownResolver(HostAddress address) => s_resolverAddresses.Contains(address);

    /// <summary>Reads the address in a name under in-addr.arpa or ip6.arpa; false when it is not whole.</summary>
    public static bool TryReadReverse(ReadOnlySpan<char> name, out HostAddress address)
    {
        address = default;
        if (name.EndsWith(".in-addr.arpa", StringComparison.Ordinal))
            return TryReadIPv4(name[..^13], out address);
        return name.EndsWith(".ip6.arpa", StringComparison.Ordinal) && TryReadIPv6(name[..^9], out address);
    }

    private static bool TryReadIPv4(ReadOnlySpan<char> labels, out HostAddress address)
    {
        address = default;
        uint number = 0;
        for (var i = 0; i < 4; i++)
        {
            var dot = i < 3 ? labels.IndexOf('.') : labels.Length;
            if (dot < 1 || !byte.TryParse(labels[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out var part))
                return false;
            number |= (uint)part << (8 * i);
            labels = i < 3 ? labels[(dot + 1)..] : default;
        }

        address = HostAddress.FromIPv4(number);
        return true;
    }

    private static bool TryReadIPv6(ReadOnlySpan<char> labels, out HostAddress address)
    {
        address = default;
        if (labels.Length != 63)
            return false;
        UInt128 number = 0;
        for (var i = 0; i < 32; i++)
        {
            if (!char.IsAsciiHexDigit(labels[i * 2]) || (i < 31 && labels[(i * 2) + 1] != '.'))
                return false;
            number |= (UInt128)Convert.ToInt32(labels[i * 2].ToString(), 16) << (4 * i);
        }

        address = HostAddress.FromIPv6(number);
        return true;
    }

    private static bool IsIn(ReadOnlySpan<char> name, ReadOnlySpan<char> zone) =>
        name.EndsWith(zone, StringComparison.Ordinal)
        && (name.Length == zone.Length || name[^(zone.Length + 1)] == '.');

    private static readonly string[] s_nowhere = ["invalid", "onion", "local", "internal", "test", "home.arpa", "alt"];

    // The resolvers that Chrome, Firefox, Edge, Android and Apple's systems offer by themselves, by their operators'
    // own documentation.
    private static readonly string[] s_resolvers =
    [
        "dns.google", "dns64.dns.google", "cloudflare-dns.com", "one.one.one.one", "dns.quad9.net", "dns9.quad9.net",
        "dns10.quad9.net", "dns11.quad9.net", "doh.opendns.com", "doh.familyshield.opendns.com", "dns.nextdns.io",
        "doh.cleanbrowsing.org", "dns.adguard.com", "dns.adguard-dns.com", "doh.xfinity.com", "doh.dns.sb",
        "dns.alidns.com", "doh.pub", "dot.pub", "doh.360.cn", "dns.switch.ch", "freedns.controld.com",
        "dns.mullvad.net", "chrome.cloudflare-dns.com", "doh.quickline.ch", "odvr.nic.cz", "doh.dns.apple.com",
        "private.canadianshield.cira.ca",
    ];

    private static readonly HashSet<HostAddress> s_resolverAddresses =
    [
        .. new[]
        {
            "1.1.1.1", "1.0.0.1", "1.1.1.2", "1.0.0.2", "1.1.1.3", "1.0.0.3", "8.8.8.8", "8.8.4.4", "9.9.9.9",
            "149.112.112.112", "9.9.9.10", "9.9.9.11", "208.67.222.222", "208.67.220.220", "94.140.14.14",
            "94.140.15.15", "223.5.5.5", "223.6.6.6", "1.12.12.12", "120.53.53.53",
            "2606:4700:4700::1111", "2606:4700:4700::1001", "2001:4860:4860::8888", "2001:4860:4860::8844",
            "2620:fe::fe", "2620:fe::9", "2620:119:35::35", "2620:119:53::53", "2400:3200::1", "2400:3200:baba::1",
        }.Select(a => HostAddress.From(System.Net.IPAddress.Parse(a))),
    ];
}
