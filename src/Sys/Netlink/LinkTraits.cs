namespace Karez.Sys.Netlink;

/// <summary>The flags of an interface that matter here (netdevice(7)).</summary>
[Flags]
public enum LinkTraits : uint
{
    /// <summary>None of those below.</summary>
    None = 0,

    /// <summary>IFF_UP: switched on.</summary>
    Up = 0x1,

    /// <summary>IFF_LOOPBACK.</summary>
    Loopback = 0x8,

    /// <summary>IFF_POINTOPOINT.</summary>
    PointToPoint = 0x10,

    /// <summary>IFF_LOWER_UP: there is a carrier.</summary>
    Carrier = 0x10000,
}
