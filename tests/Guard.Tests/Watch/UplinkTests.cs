using System.Net;
using System.Net.Sockets;
using Karez.Guard.Watch;
using Karez.Sys.Netlink;

namespace Karez.Guard.Tests.Watch;

/// <summary>The way out is found among routes, and is known again.</summary>
public class UplinkTests
{
    private const LinkTraits Works = LinkTraits.Up | LinkTraits.Carrier;

    private static readonly IPAddress s_wifi = IPAddress.Parse("192.168.1.5");
    private static readonly IPAddress s_cell = IPAddress.Parse("10.20.30.40");

    [Fact]
    public void The_lowest_metric_of_a_link_that_works_wins()
    {
        Assert.Equal(2, Find(wifi: Works, cell: Works).Link);
        Assert.Equal(3, Find(wifi: LinkTraits.Up, cell: Works).Link);
        Assert.Equal(Uplink.None, Find(wifi: LinkTraits.Up, cell: LinkTraits.None));
    }

    [Fact]
    public void Our_own_device_is_no_way_out()
    {
        var route = new RouteEntry { Family = AddressFamily.InterNetwork, Link = 9 };
        Assert.False(Uplink.Of(
            AddressFamily.InterNetwork, "karez0", [new(9, "karez0", Works, 1500)], [], [route]).IsThere);
    }

    [Fact]
    public void A_new_lease_of_the_same_address_is_no_move_and_another_address_is()
    {
        var before = Find(Works, Works);
        Assert.True(before.IsSameWay(Find(Works, Works)));
        Assert.True(before.IsSameWay(before with { Addresses = [s_wifi, IPAddress.Parse("192.168.1.99")] }));
        Assert.False(before.IsSameWay(before with { Addresses = [IPAddress.Parse("192.168.1.99")] }));
        Assert.False(before.IsSameWay(before with { Gateway = IPAddress.Parse("192.168.1.254") }));
        Assert.False(before.IsSameWay(Find(LinkTraits.None, Works)));
    }

    [Fact]
    public void Connections_from_an_address_that_is_gone_are_dead_unless_nothing_is_left()
    {
        var (wifi, cell) = (Find(Works, Works), Find(LinkTraits.None, Works));
        var known = wifi.Addresses.Union(cell.Addresses);
        var move = new NetworkMove((Uplink.None, Uplink.None), (cell, Uplink.None), known);
        Assert.True(move.IsDead(s_wifi));
        Assert.False(move.IsDead(s_cell));
        Assert.False(move.IsDead(IPAddress.Loopback));
        Assert.False(move.IsDead(IPAddress.Parse("198.18.0.1"))); // our own device's
        Assert.False(new NetworkMove((wifi, Uplink.None), (Uplink.None, Uplink.None), known).IsDead(s_wifi));
    }

    private static Uplink Find(LinkTraits wifi, LinkTraits cell) => Uplink.Of(
        AddressFamily.InterNetwork,
        "karez0",
        [new(2, "wlan0", wifi, 1500), new(3, "wwan0", cell, 1500)],
        [new(2, s_wifi, 24), new(3, s_cell, 30)],
        [Default(3, 700, "10.20.30.41"), Default(2, 600, "192.168.1.1"), Default(3, 1, "10.0.0.1") with { Table = 9 }]);

    private static RouteEntry Default(int link, uint metric, string gateway) => new()
    {
        Family = AddressFamily.InterNetwork,
        Link = link,
        Metric = metric,
        Gateway = IPAddress.Parse(gateway),
    };
}
