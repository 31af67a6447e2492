using System.Net;
using System.Security.Cryptography;
using System.Text;
using Karez.Guard.Watch;
using Karez.Sys.Netlink;
using AddressFamily = System.Net.Sockets.AddressFamily;

namespace Karez.Client.Endpoints;

/// <summary>
/// Which node worked last on which network: a file of few lines. Networks are named by a keyed hash, so that the file
/// is no list of the places that a person has been to.
/// </summary>
/// <param name="path">The file; null for none.</param>
internal sealed class NetworkMemory(string? path)
{
    private const int Most = 32; // networks; our choice
    private const string KeyName = "key";
    private const long Patience = 100; // ms for a router's answer: our choice, as whoever dials needs it as well

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(2);

    // A client that takes up a changed configuration has two for a while, and one file.
    private static readonly Lock s_file = new();

    private readonly RememberedTexts _texts = new(path);

    /// <summary>The node that worked last on the network that this machine is in; null when none is known.</summary>
    public string? Recall(string network)
    {
        var known = _texts.Read();
        return known.TryGetValue(KeyName, out var key) ? known.GetValueOrDefault(NameOf(network, key)) : null;
    }

    /// <summary>Keeps it; a disk that is full costs only the memory. From any thread.</summary>
    public void Keep(string network, string node)
    {
        lock (s_file)
            Replace(network, node);
    }

    private void Replace(string network, string node)
    {
        var known = _texts.Read();
        if (!known.TryGetValue(KeyName, out var key))
            known[KeyName] = key = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        var name = NameOf(network, key);
        if (known.GetValueOrDefault(name) == node)
            return;
        if (known.Count > Most)
            known = new() { [KeyName] = key };
        known[name] = node;
        _texts.Write(known);
    }

    /// <summary>
    /// What tells the network that this machine is in from others: the router of the way out that is in use, and its
    /// hardware address, as many homes have 192.168.1.1; of a way without a router its interface. Empty where there is
    /// none.
    /// </summary>
    public static string Here()
    {
        if (Rtnetlink.Open(out var opened) < 0 || opened is null)
            return "";
        using var net = opened;
        var (links, addresses, routes) = (new List<LinkEntry>(), new List<AddressEntry>(), new List<RouteEntry>());
        _ = net.ReadLinks(links);
        _ = net.ReadAddresses(addresses);
        _ = net.ReadRoutes(routes);
        // IPv6 often comes seconds later, and it is the same network then.
        foreach (var family in (AddressFamily[])[AddressFamily.InterNetwork, AddressFamily.InterNetworkV6])
        {
            // Our own device has no route in the main table.
            var way = Uplink.Of(family, "", links, addresses, routes);
            if (way.Gateway is { } router)
                return $"{router} {HardwareOf(net, way.Link, router)}";
            if (way.IsThere)
                return links.Find(link => link.Index == way.Link)?.Name ?? "";
        }

        return "";
    }

    /// <summary>
    /// A router's hardware address. Right after a move nobody has asked for it yet: the kernel is told to, and waited
    /// for a little. Empty where nobody answers, or this process may not ask.
    /// </summary>
    private static string HardwareOf(Rtnetlink net, int link, IPAddress router)
    {
        var neighbours = new List<NeighbourEntry>();
        for (var began = Environment.TickCount64; ; Thread.Sleep(s_pause))
        {
            _ = net.ReadNeighbours(neighbours);
            var found = neighbours.Find(known => known.Link == link && known.Address.Equals(router));
            if (found?.Hardware is { } hardware)
                return string.Join(':', hardware.GetAddressBytes().Select(octet => octet.ToString("x2")));
            if (Environment.TickCount64 - began > Patience || net.SeekNeighbour(link, router) < 0)
                return "";
        }
    }

    private static string NameOf(string network, string key) => Convert.ToHexString(
        HMACSHA256.HashData(Encoding.ASCII.GetBytes(key), Encoding.UTF8.GetBytes(network)).AsSpan(0, 8));
}
