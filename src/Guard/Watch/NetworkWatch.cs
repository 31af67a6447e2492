using System.Collections.Immutable;
using System.Net;
using Karez.Sys.Netlink;
using AddressFamily = System.Net.Sockets.AddressFamily;

namespace Karez.Guard.Watch;

/// <summary>
/// Sees by netlink how this machine reaches the world, and says when that changes: at once when a way is lost or
/// gained, else when a tenth of a second has passed without another change, since a move is many small changes; after
/// half a second in any case.
/// </summary>
public sealed class NetworkWatch : IDisposable
{
    private const long Longest = 500; // ms: our choice, for machines on which something changes all the time

    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(100);

    private readonly string _device;
    private readonly Action<NetworkMove> _moved;
    private readonly NetlinkMonitor _monitor;
    private readonly Rtnetlink _net;
    private readonly Thread _thread;
    private ImmutableHashSet<IPAddress> _known;
    private volatile bool _stopping;

    private NetworkWatch(string device, Action<NetworkMove> moved, NetlinkMonitor monitor, Rtnetlink net)
    {
        (_device, _moved, _monitor, _net) = (device, moved, monitor, net);
        Now = Look();
        _known = Now.IPv4.Addresses.Union(Now.IPv6.Addresses);
        _thread = new Thread(Run) { IsBackground = true, Name = "network" };
        _thread.Start();
    }

    /// <summary>The ways out as last seen.</summary>
    public (Uplink IPv4, Uplink IPv6) Now { get; private set; }

    /// <summary>Begins to watch the namespace that the calling thread is in.</summary>
    /// <param name="device">Our own interface, which is no way out.</param>
    /// <param name="moved">Called on the watch's own thread.</param>
    /// <exception cref="GuardException">There is no netlink.</exception>
    public static NetworkWatch Start(string device, Action<NetworkMove> moved)
    {
        if (NetlinkMonitor.Open(Settle, out var monitor) is var result && monitor is null)
            throw new GuardException($"changes of the network cannot be seen: error {-result}", "report this");
        if (Rtnetlink.Open(out var net) is var second && net is null)
        {
            monitor.Dispose();
            throw new GuardException($"no routing socket: error {-second}", "report this");
        }

        return new NetworkWatch(device, moved, monitor, net);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
        _monitor.Dispose();
        _net.Dispose();
    }

    private void Run()
    {
        var (pending, began) = (false, 0L);
        while (!_stopping)
        {
            if (_monitor.Wait(out var change) < 0)
            {
                Thread.Sleep(Settle); // It never was seen; looking goes on.
                change = NetlinkChange.Everything;
            }

            if (change != NetlinkChange.None)
            {
                (pending, began) = (true, pending ? began : Environment.TickCount64);
                var now = Look();
                if (now.IPv4.IsThere == Now.IPv4.IsThere && now.IPv6.IsThere == Now.IPv6.IsThere
                    && Environment.TickCount64 - began < Longest)
                    continue;
            }
            else if (!pending)
            {
                continue;
            }

            pending = false;
            Tell(Look());
        }
    }

    private void Tell((Uplink IPv4, Uplink IPv6) now)
    {
        var before = Now;
        Now = now;
        _known = _known.Union(now.IPv4.Addresses).Union(now.IPv6.Addresses);
        if (!before.IPv4.IsSameWay(now.IPv4) || !before.IPv6.IsSameWay(now.IPv6))
            _moved(new NetworkMove(before, now, _known));
    }

    private (Uplink IPv4, Uplink IPv6) Look()
    {
        var (links, addresses, routes) = (new List<LinkEntry>(), new List<AddressEntry>(), new List<RouteEntry>());
        _ = _net.ReadLinks(links);
        _ = _net.ReadAddresses(addresses);
        _ = _net.ReadRoutes(routes);
        return (
            Uplink.Of(AddressFamily.InterNetwork, _device, links, addresses, routes),
            Uplink.Of(AddressFamily.InterNetworkV6, _device, links, addresses, routes));
    }
}
