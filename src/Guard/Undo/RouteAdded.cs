using Karez.Sys;
using Karez.Sys.Netlink;
using AddressFamily = System.Net.Sockets.AddressFamily;

namespace Karez.Guard.Undo;

/// <summary>A default route in a table of its own.</summary>
/// <param name="IPv6">The family.</param>
/// <param name="Table">The table's number.</param>
/// <param name="Device">Where it leads; null for nowhere: "unreachable", asked last.</param>
public sealed record RouteAdded(bool IPv6, uint Table, string? Device) : Change
{
    internal override string? Do(Rtnetlink net)
    {
        if (Device is null)
            return Wrong("the route to nowhere", net.AddRoute(Entry(0)), Errno.Exists);
        return LinkOf(net, Device) is { } link
            ? Wrong($"the route to {Device}", net.AddRoute(Entry(link)), Errno.Exists)
            : $"there is no interface {Device}";
    }

    internal override string? Undo(Rtnetlink net)
    {
        if (Device is null)
            return Wrong("the route to nowhere", net.DeleteRoute(Entry(0)), Errno.NoSuchThing, Errno.NoEntry);
        return LinkOf(net, Device) is { } link
            ? Wrong($"the route to {Device}", net.DeleteRoute(Entry(link)), Errno.NoSuchThing, Errno.NoEntry)
            : null; // It went with the interface.
    }

    private RouteEntry Entry(int link) => new()
    {
        Family = IPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork,
        Table = Table,
        Link = link,
        Metric = Device is null ? uint.MaxValue : 1,
        Kind = Device is null ? RouteKind.Unreachable : RouteKind.Unicast,
        Protocol = RuleAdded.Ours,
    };
}
