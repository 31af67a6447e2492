using System.Buffers.Binary;

namespace Karez.Ip.Headers;

/// <summary>A UDP header (RFC 768): source port, destination port, length, checksum.</summary>
/// <param name="SourcePort">The sender's port.</param>
/// <param name="DestinationPort">The receiver's port.</param>
/// <param name="DataLength">Octets after the header.</param>
public readonly record struct UdpHeader(ushort SourcePort, ushort DestinationPort, int DataLength)
{
    /// <summary>Octets.</summary>
    public const int Length = 8;

    /// <summary>Where the checksum is.</summary>
    public const int ChecksumOffset = 6;

    /// <summary>Octets before a datagram's data in a packet made here.</summary>
    /// <param name="isIPv6">Of which family.</param>
    public static int Headroom(bool isIPv6) => (isIPv6 ? IPv6Header.Length : IPv4Header.MinLength) + Length;

    /// <summary>Reads the header at the front of a packet's payload.</summary>
    /// <param name="datagram">The payload.</param>
    /// <param name="isJoined">
    /// Whether it stands for many (USO): its length field may then be of the whole, or anything.
    /// </param>
    /// <param name="header">The fields.</param>
    public static PacketFault TryParse(ReadOnlySpan<byte> datagram, bool isJoined, out UdpHeader header)
    {
        header = default;
        if (datagram.Length < Length)
            return PacketFault.TooShort;
        int length = BinaryPrimitives.ReadUInt16BigEndian(datagram[4..]);
        if (isJoined)
            length = datagram.Length;
        if (length < Length || length > datagram.Length)
            return PacketFault.BadTransport;
        header = new UdpHeader(
            BinaryPrimitives.ReadUInt16BigEndian(datagram),
            BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]),
            length - Length);
        return PacketFault.None;
    }

    /// <summary>
    /// Writes IP and UDP headers before data that lies at <see cref="Headroom"/>; the checksum field gets the pseudo
    /// header's sum, to be completed by the device, or with <paramref name="complete"/> the checksum.
    /// </summary>
    /// <returns>The packet's octets.</returns>
    public static int WritePacket(Span<byte> packet, int data, HostPort from, HostPort to, bool complete = false)
    {
        var isIPv6 = from.Address.IsIPv6;
        var start = isIPv6 ? IPv6Header.Length : IPv4Header.MinLength;
        var length = Length + data;
        if (isIPv6)
            IPv6Header.Write(packet, length, IpProtocol.Udp, from.Address, to.Address);
        else
            IPv4Header.Write(packet, start + length, IpProtocol.Udp, from.Address, to.Address);
        var datagram = packet.Slice(start, length);
        BinaryPrimitives.WriteUInt16BigEndian(datagram, from.Port);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[2..], to.Port);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[4..], (ushort)length);
        datagram[6..8].Clear();
        var checksum = complete
            ? NotZero(Checksum.Of(datagram, IpProtocol.Udp, from.Address, to.Address))
            : Checksum.Pseudo(length, IpProtocol.Udp, from.Address, to.Address);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[6..], checksum);
        return start + length;
    }

    /// <summary>Zero means "none" in UDP, so a sum of zero is written as its other form.</summary>
    internal static ushort NotZero(ushort checksum) => checksum == 0 ? (ushort)0xFFFF : checksum;
}
