using System.Collections.Immutable;
using System.Net;
using AddressFamily = System.Net.Sockets.AddressFamily;

namespace Karez.Guard.Watch;

/// <summary>The way out of this machine changed.</summary>
/// <param name="Before">What it was, IPv4 and IPv6.</param>
/// <param name="After">What it is.</param>
/// <param name="Known">Every address that a way out has had since the watch began.</param>
public sealed record NetworkMove(
    (Uplink IPv4, Uplink IPv6) Before, (Uplink IPv4, Uplink IPv6) After, ImmutableHashSet<IPAddress> Known)
{
    /// <summary>Whether there is any way out now.</summary>
    public bool HasWay => After.IPv4.IsThere || After.IPv6.IsThere;

    /// <summary>
    /// Whether a connection from this address is dead: a way out had it once, and the one there is now does not have
    /// it. Without any way nothing is said to be dead, since the cable may come back.
    /// </summary>
    public bool IsDead(IPAddress local)
    {
        ArgumentNullException.ThrowIfNull(local);
        var after = local.AddressFamily == AddressFamily.InterNetworkV6 ? After.IPv6 : After.IPv4;
        return HasWay && Known.Contains(local) && !after.Addresses.Contains(local);
    }
}
