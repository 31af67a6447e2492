using Karez.Sys;
using Karez.Sys.Netlink;
using AddressFamily = System.Net.Sockets.AddressFamily;

namespace Karez.Guard.Undo;

/// <summary>A routing rule.</summary>
/// <param name="IPv6">The family.</param>
/// <param name="Priority">Its place.</param>
/// <param name="Table">The table it leads to.</param>
/// <param name="Mark">Only packets with this mark; null for all.</param>
/// <param name="IPProtocol">Only this protocol; 0 for all.</param>
/// <param name="Port">Only packets to this port; 0 for all.</param>
/// <param name="WithoutDefault">Ignores the table's default routes.</param>
public sealed record RuleAdded(
    bool IPv6, uint Priority, uint Table, uint? Mark = null, byte IPProtocol = 0, ushort Port = 0,
    bool WithoutDefault = false) : Change
{
    /// <summary>The protocol number by which our rules and routes are known (RTPROT_*; 75 is nobody's).</summary>
    public const byte Ours = 75;

    internal override string? Do(Rtnetlink net) => Wrong($"rule {Priority}", net.AddRule(Entry), Errno.Exists);

    internal override string? Undo(Rtnetlink net) => Wrong($"rule {Priority}", net.DeleteRule(Entry), Errno.NoEntry);

    private RuleEntry Entry => new()
    {
        Family = IPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork,
        Priority = Priority,
        Table = Table,
        Mark = Mark,
        IPProtocol = IPProtocol,
        DestinationPort = Port,
        SuppressPrefixLength = WithoutDefault ? 0 : null,
        Protocol = Ours,
    };
}
