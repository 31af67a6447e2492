using System.Net;
using System.Net.Sockets;

namespace Karez.Sys.Netlink;

/// <summary>A route (ip-route(8)).</summary>
public sealed record RouteEntry
{
    /// <summary>Who made it; 4 is what administrators' routes have (RTPROT_STATIC).</summary>
    public const byte Static = 4;

    /// <summary>The table that programs look at when nothing is said.</summary>
    public const uint MainTable = 254;

    /// <summary>IPv4 or IPv6.</summary>
    public required AddressFamily Family { get; init; }

    /// <summary>Where to; null for everything (a default route).</summary>
    public IPAddress? Destination { get; init; }

    /// <summary>The bits of <see cref="Destination"/> that count.</summary>
    public byte PrefixLength { get; init; }

    /// <summary>By whom; null for what is on the link itself.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>By which interface; 0 where none is needed.</summary>
    public int Link { get; init; }

    /// <summary>The table's number.</summary>
    public uint Table { get; init; } = MainTable;

    /// <summary>The lower one wins; 0 lets the kernel choose.</summary>
    public uint Metric { get; init; }

    /// <summary>Who made it (RTPROT_*).</summary>
    public byte Protocol { get; init; } = Static;

    /// <summary>What happens to a packet.</summary>
    public RouteKind Kind { get; init; } = RouteKind.Unicast;
}
