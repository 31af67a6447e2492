using System.Net.Sockets;

namespace Karez.Sys.Netlink;

/// <summary>A routing rule that sends packets to a table (ip-rule(8)).</summary>
public sealed record RuleEntry
{
    /// <summary>IPv4 or IPv6.</summary>
    public required AddressFamily Family { get; init; }

    /// <summary>The order: lower ones are asked first.</summary>
    public required uint Priority { get; init; }

    /// <summary>The table to look into.</summary>
    public required uint Table { get; init; }

    /// <summary>Only packets with this mark; null for all.</summary>
    public uint? Mark { get; init; }

    /// <summary>IPPROTO_*; 0 for all.</summary>
    public byte IPProtocol { get; init; }

    /// <summary>Only packets to this port; 0 for all.</summary>
    public ushort DestinationPort { get; init; }

    /// <summary>Ignores what the table finds with a prefix of this many bits or fewer; null takes all.</summary>
    public int? SuppressPrefixLength { get; init; }

    /// <summary>Who made it (RTPROT_*).</summary>
    public byte Protocol { get; init; }
}
