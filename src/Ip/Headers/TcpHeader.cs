using System.Buffers.Binary;

namespace Karez.Ip.Headers;

/// <summary>The fields of a TCP header that matter here (RFC 9293 section 3.1).</summary>
/// <remarks>
/// <code>
/// 0 source port  2 destination port  4 sequence  8 acknowledgement  12 offset  13 flags  14 window  16 checksum
/// </code>
/// </remarks>
/// <param name="SourcePort">The sender's port.</param>
/// <param name="DestinationPort">The receiver's port.</param>
/// <param name="Flags">The flags.</param>
/// <param name="HeaderLength">Octets of the header, options included.</param>
public readonly record struct TcpHeader(ushort SourcePort, ushort DestinationPort, TcpControl Flags, int HeaderLength)
{
    /// <summary>Octets without options.</summary>
    public const int MinLength = 20;

    /// <summary>Where the checksum is.</summary>
    public const int ChecksumOffset = 16;

    /// <summary>Reads the header at the front of a packet's payload.</summary>
    public static PacketFault TryParse(ReadOnlySpan<byte> segment, out TcpHeader header)
    {
        header = default;
        if (segment.Length < MinLength)
            return PacketFault.TooShort;
        var length = (segment[12] >> 4) * 4;
        if (length < MinLength || length > segment.Length)
            return PacketFault.BadTransport;
        header = new TcpHeader(
            BinaryPrimitives.ReadUInt16BigEndian(segment),
            BinaryPrimitives.ReadUInt16BigEndian(segment[2..]),
            (TcpControl)(segment[13] & 0x17),
            length);
        return PacketFault.None;
    }

    /// <summary>
    /// Makes the RST that answers a segment nobody wants (RFC 9293 section 3.5.2): a whole packet, checksums done.
    /// </summary>
    /// <param name="asked">The packet to answer, a TCP one that has been parsed.</param>
    /// <param name="layout">Where things are in it.</param>
    /// <param name="reply">At least 60 octets.</param>
    /// <returns>The reply's octets; 0 when it may not be answered, as it is a RST itself.</returns>
    public static int WriteReset(ReadOnlySpan<byte> asked, in IpPacket layout, Span<byte> reply)
    {
        var segment = layout.Payload(asked);
        if (TryParse(segment, out var header) != PacketFault.None || header.Flags.HasFlag(TcpControl.Rst))
            return 0;
        var start = layout.IsIPv6 ? IPv6Header.Length : IPv4Header.MinLength;
        var reset = reply.Slice(start, MinLength);
        reset.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(reset, header.DestinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(reset[2..], header.SourcePort);
        reset[12] = MinLength / 4 << 4;
        reset[13] = (byte)TcpControl.Rst;
        if (header.Flags.HasFlag(TcpControl.Ack))
        {
            segment.Slice(8, 4).CopyTo(reset[4..]);
        }
        else
        {
            var sequence = BinaryPrimitives.ReadUInt32BigEndian(segment[4..]);
            var length = (uint)(segment.Length - header.HeaderLength)
                + (header.Flags.HasFlag(TcpControl.Syn) ? 1u : 0) + (header.Flags.HasFlag(TcpControl.Fin) ? 1u : 0);
            BinaryPrimitives.WriteUInt32BigEndian(reset[8..], sequence + length);
            reset[13] |= (byte)TcpControl.Ack;
        }

        var (from, to) = (layout.Destination, layout.Source);
        BinaryPrimitives.WriteUInt16BigEndian(
            reset[ChecksumOffset..], Checksum.Of(reset, IpProtocol.Tcp, from, to));
        if (layout.IsIPv6)
            IPv6Header.Write(reply, MinLength, IpProtocol.Tcp, from, to);
        else
            IPv4Header.Write(reply, start + MinLength, IpProtocol.Tcp, from, to);
        return start + MinLength;
    }
}
