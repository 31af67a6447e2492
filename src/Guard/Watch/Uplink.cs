using System.Collections.Immutable;
using System.Net;
using Karez.Sys.Netlink;
using AddressFamily = System.Net.Sockets.AddressFamily;

namespace Karez.Guard.Watch;

/// <summary>How this machine reaches the world, without our own interface: one family's default route.</summary>
/// <param name="Link">The interface's number; 0 when there is none that works.</param>
/// <param name="Gateway">Who forwards; null on links between two points, or without a link.</param>
/// <param name="Addresses">The addresses that this machine has on that interface.</param>
public sealed record Uplink(int Link, IPAddress? Gateway, ImmutableHashSet<IPAddress> Addresses)
{
    /// <summary>No way out.</summary>
    public static Uplink None { get; } = new(0, null, []);

    /// <summary>Whether there is a way out.</summary>
    public bool IsThere => Link != 0;

    /// <summary>
    /// Finds it: the default route of the main table with the lowest metric whose interface is up, has a carrier, and
    /// is not ours.
    /// </summary>
    public static Uplink Of(
        AddressFamily family,
        string device,
        IReadOnlyCollection<LinkEntry> links,
        IReadOnlyCollection<AddressEntry> addresses,
        IReadOnlyCollection<RouteEntry> routes)
    {
        const LinkTraits Works = LinkTraits.Up | LinkTraits.Carrier;
        var working = links.Where(link => (link.Traits & Works) == Works && link.Name != device)
            .Select(link => link.Index).ToHashSet();
        var best = routes
            .Where(route => route is { PrefixLength: 0, Table: RouteEntry.MainTable, Kind: RouteKind.Unicast }
                && route.Family == family && working.Contains(route.Link))
            .MinBy(route => route.Metric);
        return best is null
            ? None
            : new Uplink(
                best.Link,
                best.Gateway,
                [.. addresses.Where(address => address.Link == best.Link && address.Address.AddressFamily == family)
                    .Select(address => address.Address)]);
    }

    /// <summary>
    /// Whether connections of this way still live on another: it goes out by the same interface and gateway, and keeps
    /// at least one address that there was.
    /// </summary>
    public bool IsSameWay(Uplink other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Link == other.Link && Equals(Gateway, other.Gateway)
            && (Addresses.IsEmpty == other.Addresses.IsEmpty)
            && (Addresses.IsEmpty || !Addresses.Intersect(other.Addresses).IsEmpty);
    }
}
