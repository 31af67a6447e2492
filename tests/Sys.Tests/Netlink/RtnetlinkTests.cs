using System.Net;
using System.Net.Sockets;
using Karez.Beds;
using Karez.Sys.Netlink;

namespace Karez.Sys.Tests.Netlink;

/// <summary>What rtnetlink does is what ip shows, in machines of a bed.</summary>
public sealed class RtnetlinkTests : IDisposable
{
    private const uint Table = 19_281;
    private readonly Bed _bed;
    private readonly Machine _machine;
    private readonly string _link;

    public RtnetlinkTests()
    {
        Assert.SkipWhen(Bed.WhyNot is not null, Bed.WhyNot ?? "");
        _bed = new Bed();
        _machine = _bed.AddMachine("near");
        _link = _bed.Connect(_machine, "10.9.0.1/24", _bed.AddMachine("far"), "10.9.0.2/24");
    }

    public void Dispose() => _bed?.Dispose();

    [Fact]
    public void Links_are_listed_switched_and_removed() => Within(net =>
    {
        var link = LinkOf(net, _link);
        Assert.True(link.Traits.HasFlag(LinkTraits.Up | LinkTraits.Carrier));
        Assert.True(LinkOf(net, "lo").Traits.HasFlag(LinkTraits.Loopback));
        Assert.Equal(0, net.SetMtu(link.Index, 1400));
        Assert.Equal(0, net.SetUp(link.Index, false));
        link = LinkOf(net, _link);
        Assert.Equal((1400, false), (link.Mtu, link.Traits.HasFlag(LinkTraits.Up)));
        Assert.Equal(0, net.DeleteLink(link.Index));
        Assert.Equal(-Errno.NoDevice, net.DeleteLink(link.Index));
    });

    [Fact]
    public void Addresses_are_added_listed_and_removed() => Within(net =>
    {
        var link = LinkOf(net, _link).Index;
        AddressEntry[] added =
            [new(link, IPAddress.Parse("198.18.0.1"), 30), new(link, IPAddress.Parse("fd00::1"), 126)];
        foreach (var address in added)
        {
            Assert.Equal(0, net.AddAddress(address));
            Assert.Equal(-Errno.Exists, net.AddAddress(address));
        }

        var listed = new List<AddressEntry>();
        Assert.Equal(0, net.ReadAddresses(listed));
        Assert.Subset(listed.ToHashSet(), added.ToHashSet());
        Assert.Contains("198.18.0.1/30", _machine.Ip("address"), StringComparison.Ordinal);
        foreach (var address in added)
            Assert.Equal(0, net.DeleteAddress(address));
        Assert.Equal(0, net.ReadAddresses(listed));
        Assert.DoesNotContain(added[0], listed);
    });

    [Fact]
    public void Routes_are_added_listed_and_removed() => Within(net =>
    {
        var link = LinkOf(net, _link).Index;
        RouteEntry[] added =
        [
            new() { Family = AddressFamily.InterNetwork, Link = link, Table = Table, Protocol = 75 },
            new()
            {
                Family = AddressFamily.InterNetwork,
                Destination = IPAddress.Parse("203.0.113.0"),
                PrefixLength = 24,
                Gateway = IPAddress.Parse("10.9.0.2"),
                Link = link,
                Metric = 7,
            },
            new()
            {
                Family = AddressFamily.InterNetworkV6,
                Table = Table,
                Kind = RouteKind.Unreachable,
                Metric = uint.MaxValue,
            },
        ];
        Assert.All(added, route => Assert.Equal(0, net.AddRoute(route)));
        Assert.Equal(-Errno.Exists, net.AddRoute(added[1]));
        var listed = new List<RouteEntry>();
        Assert.Equal(0, net.ReadRoutes(listed));
        Assert.Contains(added[0], listed);
        Assert.Contains(added[1], listed);
        Assert.Contains(listed, route => route.Kind == RouteKind.Unreachable && route.Table == Table);
        Assert.Contains(
            "203.0.113.0/24 via 10.9.0.2", _machine.Ip("route", "show", "table", "main"), StringComparison.Ordinal);
        Assert.All(added, route => Assert.Equal(0, net.DeleteRoute(route)));
        Assert.Equal(-Errno.NoSuchThing, net.DeleteRoute(added[1]));
    });

    [Fact]
    public void Rules_are_added_listed_and_removed() => Within(net =>
    {
        var before = _machine.Ip("rule");
        RuleEntry[] added =
        [
            new() { Family = AddressFamily.InterNetwork, Priority = 9000, Table = 254, Mark = 0x4B617265 },
            new() { Family = AddressFamily.InterNetwork, Priority = 9001, Table = Table, IPProtocol = 17,
                DestinationPort = 53, Protocol = 75 },
            new() { Family = AddressFamily.InterNetwork, Priority = 9002, Table = 254, SuppressPrefixLength = 0 },
            new() { Family = AddressFamily.InterNetworkV6, Priority = 9003, Table = Table },
        ];
        Assert.All(added, rule => Assert.Equal(0, net.AddRule(rule)));
        Assert.All(added, rule => Assert.Equal(-Errno.Exists, net.AddRule(rule)));
        var listed = new List<RuleEntry>();
        Assert.Equal(0, net.ReadRules(listed));
        Assert.Subset(listed.ToHashSet(), added.ToHashSet());
        var shown = _machine.Ip("rule");
        Assert.Contains("9000:\tfrom all fwmark 0x4b617265 lookup main", shown, StringComparison.Ordinal);
        Assert.Contains("9001:\tfrom all ipproto udp dport 53 lookup 19281", shown, StringComparison.Ordinal);
        Assert.Contains("9002:\tfrom all lookup main suppress_prefixlength 0", shown, StringComparison.Ordinal);
        Assert.All(added, rule => Assert.Equal(0, net.DeleteRule(rule)));
        Assert.Equal(-Errno.NoEntry, net.DeleteRule(added[0]));
        Assert.Equal(before, _machine.Ip("rule"));
    });

    [Fact]
    public void A_neighbour_that_was_asked_is_known() => Within(net =>
    {
        using (var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp))
            socket.SendTo([1], new IPEndPoint(IPAddress.Parse("10.9.0.2"), 9));
        var neighbours = new List<NeighbourEntry>();
        Assert.Equal(0, net.ReadNeighbours(neighbours));
        Assert.Contains(neighbours, neighbour => neighbour.Address.Equals(IPAddress.Parse("10.9.0.2")));
    });

    [Fact]
    public void A_neighbour_that_is_sought_is_found_without_any_packet_for_it() => Within(net =>
    {
        var (links, neighbours) = (new List<LinkEntry>(), new List<NeighbourEntry>());
        Assert.Equal(0, net.ReadLinks(links));
        var (link, address) = (links.Find(l => l.Name == _link)!.Index, IPAddress.Parse("10.9.0.2"));
        Assert.Equal(0, net.SeekNeighbour(link, address));
        for (var tries = 0; tries < 100 && !neighbours.Exists(n => n.Hardware is not null); tries++)
        {
            Thread.Sleep(20);
            Assert.Equal(0, net.ReadNeighbours(neighbours));
        }

        var found = Assert.Single(neighbours, n => n.Link == link && n.Address.Equals(address));
        Assert.Equal(6, found.Hardware?.GetAddressBytes().Length);
        Assert.Equal(0, net.SeekNeighbour(link, address)); // known already
        Assert.True(net.SeekNeighbour(link + 1000, address) < 0);
    });

    [Fact]
    public void A_monitor_hears_of_a_new_address_and_of_nothing_when_there_is_nothing()
    {
        using var monitor = _machine.Enter(() =>
        {
            Assert.Equal(0, NetlinkMonitor.Open(TimeSpan.FromMilliseconds(300), out var opened));
            return opened!;
        });
        Assert.Equal(0, monitor.Wait(out var change));
        Assert.Equal(NetlinkChange.None, change);
        _machine.Ip("address", "add", "10.9.0.9/24", "dev", _link);
        var seen = NetlinkChange.None;
        for (var i = 0; i < 5 && !seen.HasFlag(NetlinkChange.Address); i++)
        {
            Assert.Equal(0, monitor.Wait(out change));
            seen |= change;
        }

        Assert.True(seen.HasFlag(NetlinkChange.Address), seen.ToString());
    }

    [Fact]
    public void A_table_of_nftables_is_made_whole_or_not_at_all() => Within(_ =>
    {
        Assert.SkipUnless(Nftables.IsPresent, "apt-get install -y --no-install-recommends libnftables1");
        const string Add = """{"add":{"table":{"family":"inet","name":"kzt"}}}""";
        Assert.False(Nftables.TryRun($$"""{"nftables":[{{Add}},{"add":{"nonsense":{} } }]}""", out var why));
        Assert.NotEmpty(why);
        Assert.DoesNotContain("kzt", Rules(), StringComparison.Ordinal);
        Assert.True(Nftables.TryRun($$"""{"nftables":[{{Add}}]}""", out why), why);
        Assert.Contains("kzt", Rules(), StringComparison.Ordinal);
    });

    private static string Rules()
    {
        Assert.True(Nftables.TryRun("""{"nftables":[{"list":{"ruleset":null}}]}""", out var rules), rules);
        return rules;
    }

    private static LinkEntry LinkOf(Rtnetlink net, string name)
    {
        var links = new List<LinkEntry>();
        Assert.Equal(0, net.ReadLinks(links));
        return Assert.Single(links, link => link.Name == name);
    }

    private void Within(Action<Rtnetlink> action) => _machine.Enter(() =>
    {
        Assert.Equal(0, Rtnetlink.Open(out var net));
        using (net)
            action(net!);
        return true;
    });
}
