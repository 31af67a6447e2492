namespace Karez.Guard.Switch;

/// <summary>Addresses that the passages name; docs/guide/device.md lists the same.</summary>
internal static class SwitchRanges
{
    /// <summary>Where DHCP servers are (RFC 2131): the broadcast, and addresses of home and carrier networks.</summary>
    public static readonly string[] Dhcp =
        ["255.255.255.255", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10"];

    /// <summary>Where DHCPv6 servers are (RFC 8415 section 7.1).</summary>
    public static readonly string[] Dhcp6 = ["fe80::/10", "ff02::1:2", "ff05::1:3"];

    /// <summary>Where neighbour discovery goes (RFC 4861).</summary>
    public static readonly string[] Neighbours = ["fe80::/10", "ff02::/16"];

    /// <summary>The local network, IPv4.</summary>
    public static readonly string[] Local =
    [
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "224.0.0.0/24", "239.255.255.0/24",
        "255.255.255.255",
    ];

    /// <summary>The local network, IPv6: link-local, unique local, and groups up to the site.</summary>
    public static readonly string[] Local6 =
        ["fe80::/10", "fc00::/7", "ff01::/16", "ff02::/16", "ff03::/16", "ff04::/16", "ff05::/16"];
}
