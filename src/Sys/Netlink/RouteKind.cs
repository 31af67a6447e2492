namespace Karez.Sys.Netlink;

/// <summary>What a route does with a packet (RTN_*).</summary>
public enum RouteKind : byte
{
    /// <summary>Sends it on.</summary>
    Unicast = 1,

    /// <summary>Keeps it: an address of this machine.</summary>
    Local = 2,

    /// <summary>Sends it to everyone on a link.</summary>
    Broadcast = 3,

    /// <summary>Sends it to a group.</summary>
    Multicast = 5,

    /// <summary>Drops it without a word.</summary>
    Blackhole = 6,

    /// <summary>Drops it and says that there is no way.</summary>
    Unreachable = 7,
}
