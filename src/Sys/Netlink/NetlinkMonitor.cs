namespace Karez.Sys.Netlink;

/// <summary>
/// Hears of changes to links, addresses, routes and rules of the namespace it was opened in. For one thread.
/// </summary>
public sealed class NetlinkMonitor : IDisposable
{
    private readonly NetlinkSocket _socket;

    private NetlinkMonitor(NetlinkSocket socket) => _socket = socket;

    /// <summary>Opens it; changes from now on are heard.</summary>
    /// <param name="patience">How long one <see cref="Wait"/> may take.</param>
    /// <param name="opened">The monitor.</param>
    /// <returns>0, or minus errno.</returns>
    public static int Open(TimeSpan patience, out NetlinkMonitor? opened)
    {
        var result = NetlinkSocket.Open(Groups, (int)patience.TotalMilliseconds, out var socket);
        opened = socket is null ? null : new NetlinkMonitor(socket);
        return result;
    }

    /// <summary>Blocks until something changed or the patience is over.</summary>
    /// <returns>0, or minus errno: the socket is of no more use.</returns>
    public int Wait(out NetlinkChange change)
    {
        var seen = NetlinkChange.None;
        var result = _socket.Receive((type, _) => seen |= type switch
        {
            Rtnetlink.NewLink or Rtnetlink.OldLink => NetlinkChange.Link,
            Rtnetlink.NewAddress or Rtnetlink.OldAddress => NetlinkChange.Address,
            Rtnetlink.NewRoute or Rtnetlink.OldRoute => NetlinkChange.Route,
            Rtnetlink.NewRule or Rtnetlink.OldRule => NetlinkChange.Rule,
            _ => NetlinkChange.None,
        });
        change = result == -Errno.NoBuffers ? NetlinkChange.Everything : seen;
        return result is >= 0 or -Errno.Again or -Errno.NoBuffers ? 0 : result;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    // RTMGRP_LINK, IPV4_IFADDR, IPV4_ROUTE, IPV4_RULE, IPV6_IFADDR, IPV6_ROUTE; IPv6 rules have a group of their own
    // above 31 that a bind cannot name, and nobody here waits for them.
    private const uint Groups = 0x1 | 0x10 | 0x40 | 0x80 | 0x100 | 0x400;
}
