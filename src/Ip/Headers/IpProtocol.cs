namespace Karez.Ip.Headers;

/// <summary>What an IP packet carries (IANA protocol numbers); others keep their number.</summary>
public enum IpProtocol : byte
{
    /// <summary>IPv6 hop-by-hop options.</summary>
    HopByHop = 0,

    /// <summary>ICMP.</summary>
    Icmp = 1,

    /// <summary>TCP.</summary>
    Tcp = 6,

    /// <summary>UDP.</summary>
    Udp = 17,

    /// <summary>IPv6 routing header.</summary>
    Routing = 43,

    /// <summary>IPv6 fragment header.</summary>
    Fragment = 44,

    /// <summary>ICMPv6.</summary>
    IcmpV6 = 58,

    /// <summary>IPv6: nothing follows.</summary>
    NoNext = 59,

    /// <summary>IPv6 destination options.</summary>
    DestinationOptions = 60,
}
