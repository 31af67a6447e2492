using System.Buffers.Binary;

namespace Karez.Ip.Headers;

/// <summary>Where things are in an IPv4 or IPv6 packet, and who sent it to whom. A value; holds no octets.</summary>
/// <remarks>
/// <code>
/// IPv4  0 version|IHL  2 total length  4 id  6 flags|offset  8 TTL  9 protocol  10 checksum  12 source  16 destination
/// IPv6  0 version|class|flow  4 payload length  6 next header  7 hop limit  8 source  24 destination  40 extensions
/// </code>
/// RFC 791 section 3.1, RFC 8200 sections 3 and 4.
/// </remarks>
public readonly struct IpPacket
{
    /// <summary>The source address.</summary>
    public HostAddress Source { get; private init; }

    /// <summary>The destination address.</summary>
    public HostAddress Destination { get; private init; }

    /// <summary>What it carries, after extension headers.</summary>
    public IpProtocol Protocol { get; private init; }

    /// <summary>Octets before the transport header, extension headers included.</summary>
    public int HeaderLength { get; private init; }

    /// <summary>The packet's octets by its own lengths.</summary>
    public int TotalLength { get; private init; }

    /// <summary>Whether it is version 6.</summary>
    public bool IsIPv6 => Source.IsIPv6;

    /// <summary>Whether it is a part of a packet, the first included.</summary>
    public bool IsFragment { get; private init; }

    /// <summary>Whether more parts follow.</summary>
    public bool HasMoreFragments { get; private init; }

    /// <summary>Where this part's payload begins in the whole, in octets.</summary>
    public int FragmentOffset { get; private init; }

    /// <summary>What the parts of a packet have in common.</summary>
    public uint FragmentId { get; private init; }

    /// <summary>Octets after the headers.</summary>
    public int PayloadLength => TotalLength - HeaderLength;

    /// <summary>The octets after the headers.</summary>
    public ReadOnlySpan<byte> Payload(ReadOnlySpan<byte> packet) => packet[HeaderLength..TotalLength];

    /// <summary>The octets after the headers.</summary>
    public Span<byte> Payload(Span<byte> packet) => packet[HeaderLength..TotalLength];

    /// <summary>Reads the headers; octets behind the packet's own length are ignored.</summary>
    public static PacketFault TryParse(ReadOnlySpan<byte> octets, out IpPacket packet)
    {
        packet = default;
        if (octets.IsEmpty)
            return PacketFault.TooShort;
        return (octets[0] >> 4) switch
        {
            4 => TryParseIPv4(octets, out packet),
            6 => TryParseIPv6(octets, out packet),
            _ => PacketFault.UnknownVersion,
        };
    }

    private static PacketFault TryParseIPv4(ReadOnlySpan<byte> octets, out IpPacket packet)
    {
        packet = default;
        if (octets.Length < IPv4Header.MinLength)
            return PacketFault.TooShort;
        var header = (octets[0] & 0xF) * 4;
        var total = BinaryPrimitives.ReadUInt16BigEndian(octets[2..]);
        if (header < IPv4Header.MinLength || header > total)
            return PacketFault.BadHeaderLength;
        if (total > octets.Length)
            return PacketFault.TooShort;
        var fragment = BinaryPrimitives.ReadUInt16BigEndian(octets[6..]);
        packet = new IpPacket
        {
            Source = HostAddress.ReadIPv4(octets[12..]),
            Destination = HostAddress.ReadIPv4(octets[16..]),
            Protocol = (IpProtocol)octets[9],
            HeaderLength = header,
            TotalLength = total,
            IsFragment = (fragment & 0x3FFF) != 0,
            HasMoreFragments = (fragment & 0x2000) != 0,
            FragmentOffset = (fragment & 0x1FFF) * 8,
            FragmentId = BinaryPrimitives.ReadUInt16BigEndian(octets[4..]),
        };
        return PacketFault.None;
    }

    private static PacketFault TryParseIPv6(ReadOnlySpan<byte> octets, out IpPacket packet)
    {
        packet = default;
        if (octets.Length < IPv6Header.Length)
            return PacketFault.TooShort;
        var total = IPv6Header.Length + BinaryPrimitives.ReadUInt16BigEndian(octets[4..]);
        if (total > octets.Length)
            return PacketFault.TooShort;
        var fault = IPv6Header.TryWalk(octets[..total], out var walk);
        if (fault != PacketFault.None)
            return fault;
        packet = new IpPacket
        {
            Source = HostAddress.ReadIPv6(octets[8..]),
            Destination = HostAddress.ReadIPv6(octets[24..]),
            Protocol = walk.Protocol,
            HeaderLength = walk.End,
            TotalLength = total,
            IsFragment = walk.HasFragmentHeader && (walk.Fragment & 0xFFF9) != 0,
            HasMoreFragments = (walk.Fragment & 1) != 0,
            FragmentOffset = walk.Fragment & 0xFFF8,
            FragmentId = walk.FragmentId,
        };
        return PacketFault.None;
    }
}
