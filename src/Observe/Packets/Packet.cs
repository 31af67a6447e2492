namespace Karez.Observe.Packets;

/// <summary>What one IP packet says.</summary>
public sealed record Packet
{
    /// <summary>The protocol number of TCP.</summary>
    public const byte Tcp = 6;

    /// <summary>The protocol number of UDP.</summary>
    public const byte Udp = 17;

    /// <summary>When, in nanoseconds since an origin that the source of the packet knows.</summary>
    public required long Nanoseconds { get; init; }

    /// <summary>Source address.</summary>
    public required NetAddress Source { get; init; }

    /// <summary>Destination address.</summary>
    public required NetAddress Destination { get; init; }

    /// <summary>The transport's protocol number, after IPv6's extension headers.</summary>
    public required byte Protocol { get; init; }

    /// <summary>Time to live, hop limit.</summary>
    public required byte TimeToLive { get; init; }

    /// <summary>IPv4's identification; 0 for IPv6.</summary>
    public ushort Identification { get; init; }

    /// <summary>IPv4's "don't fragment"; true for IPv6.</summary>
    public bool DontFragment { get; init; }

    /// <summary>Whether it is a fragment; then only the first one has a transport header here.</summary>
    public bool IsFragment { get; init; }

    /// <summary>Octets of the IP packet on the wire.</summary>
    public required int IpLength { get; init; }

    /// <summary>Source port; 0 without a transport header.</summary>
    public ushort SourcePort { get; init; }

    /// <summary>Destination port; 0 without a transport header.</summary>
    public ushort DestinationPort { get; init; }

    /// <summary>The TCP header; null for anything else.</summary>
    public TcpFields? Segment { get; init; }

    /// <summary>Octets that the transport carries on the wire.</summary>
    public int PayloadLength { get; init; }

    /// <summary>Those of them that were kept, from the first on; borrowed from the input.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Whether it is TCP with its header.</summary>
    public bool IsTcp => Segment is not null;

    /// <summary>Whether it is UDP with its header.</summary>
    public bool IsUdp => Protocol == Udp && (SourcePort != 0 || DestinationPort != 0);
}
