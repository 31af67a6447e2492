namespace Karez.Sys.Netlink;

/// <summary>
/// Hears when somebody removes tables, chains, rules or sets of nftables in the namespace it was opened in. For one
/// thread.
/// </summary>
public sealed class NftablesMonitor : IDisposable
{
    private readonly NetlinkSocket _socket;

    private NftablesMonitor(NetlinkSocket socket) => _socket = socket;

    /// <summary>Opens it; what is removed from now on is heard.</summary>
    /// <param name="patience">How long one <see cref="Wait"/> may take.</param>
    /// <param name="opened">The monitor.</param>
    /// <returns>0, or minus errno.</returns>
    public static int Open(TimeSpan patience, out NftablesMonitor? opened)
    {
        var result = NetlinkSocket.Open(
            Group, (int)patience.TotalMilliseconds, out var socket, NetlinkSocket.Netfilter);
        opened = socket is null ? null : new NftablesMonitor(socket);
        return result;
    }

    /// <summary>Blocks until something changed or the patience is over.</summary>
    /// <param name="removed">Whether something was removed, by whomever, or more happened than could be told.</param>
    /// <returns>0, or minus errno: the socket is of no more use.</returns>
    public int Wait(out bool removed)
    {
        var seen = false;
        var result = _socket.Receive((type, _) => seen |= type >> 8 == Subsystem
            && (type & 0xFF) is RemovedTable or RemovedChain or RemovedRule or RemovedSet);
        removed = seen || result == -Errno.NoBuffers;
        return result is >= 0 or -Errno.Again or -Errno.NoBuffers ? 0 : result;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private const uint Group = 1 << (7 - 1); // NFNLGRP_NFTABLES
    private const int Subsystem = 10; // NFNL_SUBSYS_NFTABLES
    private const int RemovedTable = 2; // NFT_MSG_DELTABLE
    private const int RemovedChain = 5;
    private const int RemovedRule = 8;
    private const int RemovedSet = 11;
}
