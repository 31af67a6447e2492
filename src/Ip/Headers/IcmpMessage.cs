using System.Buffers.Binary;

namespace Karez.Ip.Headers;

/// <summary>The two ICMP answers given here: an echo's, and "nobody listens on that port".</summary>
/// <remarks>RFC 792; RFC 4443 sections 3.1 and 4.2.</remarks>
public static class IcmpMessage
{
    /// <summary>Room that any answer needs.</summary>
    public const int MaxUnreachable = 1280; // RFC 4443 section 2.4 (c): the smallest IPv6 MTU

    /// <summary>Whether a packet is an echo request.</summary>
    public static bool IsEchoRequest(ReadOnlySpan<byte> packet, in IpPacket layout)
    {
        if (layout.IsFragment || layout.PayloadLength < HeaderLength)
            return false;
        var first = packet[layout.HeaderLength];
        return layout.Protocol switch
        {
            IpProtocol.Icmp => !layout.IsIPv6 && first == EchoRequest,
            IpProtocol.IcmpV6 => layout.IsIPv6 && first == EchoRequestV6,
            _ => false,
        };
    }

    /// <summary>
    /// Turns an echo request into its reply in place: addresses exchanged, type changed, checksums right.
    /// </summary>
    /// <returns>The reply's octets.</returns>
    public static int TurnIntoReply(Span<byte> packet, in IpPacket layout)
    {
        var (from, to) = (layout.Destination, layout.Source);
        var addresses = layout.IsIPv6 ? 8 : 12;
        from.Write(packet[addresses..]); // exchanging addresses changes no sum of either header
        to.Write(packet[(addresses + from.Length)..]);
        var message = layout.Payload(packet);
        message[0] = layout.IsIPv6 ? EchoReplyV6 : EchoReply;
        message[2..4].Clear();
        var checksum = layout.IsIPv6
            ? Checksum.Of(message, IpProtocol.IcmpV6, from, to)
            : Checksum.Of(message);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], checksum);
        return layout.TotalLength;
    }

    /// <summary>Makes "port unreachable" for a packet: type 3 code 3, or for IPv6 type 1 code 4.</summary>
    /// <param name="asked">The packet that nobody takes.</param>
    /// <param name="layout">Where things are in it.</param>
    /// <param name="reply">At least <see cref="MaxUnreachable"/> octets.</param>
    /// <returns>The reply's octets.</returns>
    public static int WritePortUnreachable(ReadOnlySpan<byte> asked, in IpPacket layout, Span<byte> reply)
    {
        var (from, to) = (layout.Destination, layout.Source);
        var start = layout.IsIPv6 ? IPv6Header.Length : IPv4Header.MinLength;
        var most = (layout.IsIPv6 ? MaxUnreachable : MaxUnreachableV4) - start - HeaderLength;
        var quoted = asked[..Math.Min(layout.TotalLength, most)];
        var message = reply.Slice(start, HeaderLength + quoted.Length);
        message[..HeaderLength].Clear();
        quoted.CopyTo(message[HeaderLength..]);
        if (layout.IsIPv6)
        {
            (message[0], message[1]) = (1, 4);
            BinaryPrimitives.WriteUInt16BigEndian(
                message[2..], Checksum.Of(message, IpProtocol.IcmpV6, from, to));
            IPv6Header.Write(reply, message.Length, IpProtocol.IcmpV6, from, to);
        }
        else
        {
            (message[0], message[1]) = (3, 3);
            BinaryPrimitives.WriteUInt16BigEndian(message[2..], Checksum.Of(message));
            IPv4Header.Write(reply, start + message.Length, IpProtocol.Icmp, from, to);
        }

        return start + message.Length;
    }

    private const int HeaderLength = 8;
    private const int MaxUnreachableV4 = 576; // RFC 1812 section 4.3.2.3
    private const byte EchoReply = 0;
    private const byte EchoRequest = 8;
    private const byte EchoRequestV6 = 128;
    private const byte EchoReplyV6 = 129;
}
