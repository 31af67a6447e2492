namespace Karez.Guard.Switch;

/// <summary>Kinds of packets that may leave.</summary>
[Flags]
public enum Passages
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Sockets with Karez's mark.</summary>
    Karez = 1,

    /// <summary>The interface lo.</summary>
    Loopback = 2,

    /// <summary>Karez's own interface.</summary>
    Device = 4,

    /// <summary>DHCP and DHCPv6.</summary>
    Dhcp = 8,

    /// <summary>IPv6 neighbour and router discovery.</summary>
    Neighbours = 16,

    /// <summary>The local network, where it is wished.</summary>
    Local = 32,

    /// <summary>Every packet without a mark, while a pause lasts.</summary>
    Unmarked = 64,
}
