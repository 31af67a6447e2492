using System.Collections.Frozen;
using System.Net;
using System.Net.NetworkInformation;

namespace Karez.Net.Outbounds;

/// <summary>
/// Where the exit may connect. Immutable, and the same question always has the same answer; a changed set of own
/// addresses makes a new policy. docs/protocols/exit.md has the table.
/// </summary>
public sealed class ExitPolicy
{
    private readonly bool _allowPrivate;
    private readonly FrozenSet<IPAddress> _own;
    private readonly IPEndPoint[] _listeners;

    /// <summary>Makes a policy.</summary>
    /// <param name="allowPrivate">Lifts what a lab needs lifted.</param>
    /// <param name="ownAddresses">The node's addresses.</param>
    /// <param name="listeners">Where the node listens; 0.0.0.0 and [::] stand for every own address.</param>
    public ExitPolicy(bool allowPrivate, IEnumerable<IPAddress> ownAddresses, IEnumerable<IPEndPoint> listeners)
    {
        _allowPrivate = allowPrivate;
        _own = ownAddresses.Select(Plain).ToFrozenSet();
        _listeners = [.. listeners.Select(l => new IPEndPoint(Plain(l.Address), l.Port))];
    }

    /// <summary>The addresses of this machine's interfaces, as they are now.</summary>
    public static IPAddress[] ReadOwnAddresses() =>
    [
        .. NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(i => i.GetIPProperties().UnicastAddresses)
            .Select(a => Plain(a.Address)),
    ];

    /// <summary>The same policy with other own addresses.</summary>
    public ExitPolicy WithOwnAddresses(IEnumerable<IPAddress> ownAddresses) =>
        new(_allowPrivate, ownAddresses, _listeners);

    /// <summary>Judges an address and port, of TCP or UDP.</summary>
    public ExitVerdict Judge(IPAddress address, int port)
    {
        address = Plain(address);
        Span<byte> octets = stackalloc byte[16];
        address.TryWriteBytes(octets, out var length);
        var verdict = ExitRanges.Judge(octets[..length]);
        var own = verdict == ExitVerdict.Loopback || _own.Contains(address);
        if (IsListener(address, port, own)) return ExitVerdict.OwnListener;
        if (verdict == ExitVerdict.Allowed && own) verdict = ExitVerdict.OwnAddress;
        return _allowPrivate && IsLiftable(verdict) ? ExitVerdict.Allowed : verdict;
    }

    /// <summary>
    /// Judges a connected socket by its two ends: <see cref="Judge(IPAddress, int)"/>, and a connection whose ends
    /// have one address stays on this machine, whatever the list of own addresses says.
    /// </summary>
    public ExitVerdict JudgeConnected(IPEndPoint local, IPEndPoint remote)
    {
        var verdict = Judge(remote.Address, remote.Port);
        if (verdict != ExitVerdict.Allowed || _allowPrivate) return verdict;
        return Plain(local.Address).Equals(Plain(remote.Address)) ? ExitVerdict.OwnAddress : verdict;
    }

    private bool IsListener(IPAddress address, int port, bool own)
    {
        foreach (var listener in _listeners)
        {
            if (listener.Port != port) continue;
            if (listener.Address.Equals(address)) return true;
            if (own && (listener.Address.Equals(IPAddress.Any) || listener.Address.Equals(IPAddress.IPv6Any)))
                return true;
        }

        return false;
    }

    private static bool IsLiftable(ExitVerdict verdict) => verdict is ExitVerdict.Loopback or ExitVerdict.Private
        or ExitVerdict.Shared or ExitVerdict.LinkLocal or ExitVerdict.Documentation or ExitVerdict.Benchmarking
        or ExitVerdict.OwnAddress;

    /// <summary>IPv4 in IPv6 form as IPv4, and without a scope.</summary>
    private static IPAddress Plain(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        if (address.AddressFamily != System.Net.Sockets.AddressFamily.InterNetworkV6 || address.ScopeId == 0)
            return address;
        return new IPAddress(address.GetAddressBytes());
    }
}
