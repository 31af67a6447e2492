using System.Buffers.Binary;

namespace Karez.Lab.Router;

/// <summary>
/// Writes the packets that on-path censors forge, for <see cref="IInjector"/>: they exist within a run's router and
/// nowhere else.
/// </summary>
public static class Forge
{
    private const int Headers = 40;

    /// <summary>RST.</summary>
    public const byte Reset = 4;

    /// <summary>RST and ACK.</summary>
    public const byte ResetAcknowledge = 0x14;

    /// <summary>A reset that fits the flow of a TCP packet that was seen.</summary>
    /// <param name="seen">The packet.</param>
    /// <param name="toSender">Towards who sent it; otherwise towards whom it went to.</param>
    /// <param name="style">What the forger's packets look like.</param>
    /// <returns>The packet; empty when what was seen is no TCP.</returns>
    public static byte[] TcpReset(ReadOnlySpan<byte> seen, bool toSender, ResetStyle style)
    {
        ArgumentNullException.ThrowIfNull(style);
        if (!Ipv4Packet.TryRead(seen, out var packet) || packet.Protocol != Ipv4Packet.Tcp
            || packet.Length < packet.HeaderLength + 20)
            return [];
        var segment = seen[packet.HeaderLength..packet.Length];
        var offset = (segment[12] >> 4) * 4;
        if (offset < 20 || offset > segment.Length)
            return [];
        var length = (uint)(segment.Length - offset) + ((segment[13] & 3) != 0 ? 1u : 0u); // SYN and FIN count.
        var next = unchecked(BinaryPrimitives.ReadUInt32BigEndian(segment[4..]) + length);
        var acknowledged = BinaryPrimitives.ReadUInt32BigEndian(segment[8..]);
        var forged = new byte[Headers + style.Payload.Length];
        WriteIp(forged, Ipv4Packet.Tcp, toSender ? packet.Destination : packet.Source,
            toSender ? packet.Source : packet.Destination, style);
        var at = forged.AsSpan(20);
        BinaryPrimitives.WriteUInt16BigEndian(at, toSender ? packet.DestinationPort : packet.SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(at[2..], toSender ? packet.SourcePort : packet.DestinationPort);
        BinaryPrimitives.WriteUInt32BigEndian(at[4..], toSender ? acknowledged : next);
        if ((style.Flags & 0x10) != 0)
            BinaryPrimitives.WriteUInt32BigEndian(at[8..], toSender ? next : acknowledged);
        at[12] = 5 << 4;
        at[13] = style.Flags;
        style.Payload.Span.CopyTo(at[20..]);
        Sum(forged, 16);
        return forged;
    }

    /// <summary>An answer to a DNS question over UDP: the question again, and one A record (RFC 1035).</summary>
    /// <param name="question">The packet with the question.</param>
    /// <param name="address">The address that is answered.</param>
    /// <param name="timeToLive">Of the record, seconds.</param>
    /// <param name="style">IP-ID and TTL of the packet.</param>
    /// <returns>The packet; empty when what was seen is no question for one name.</returns>
    public static byte[] DnsAnswer(ReadOnlySpan<byte> question, uint address, uint timeToLive, ResetStyle style)
    {
        ArgumentNullException.ThrowIfNull(style);
        const int UdpHeader = 8, DnsHeader = 12, Record = 16;
        if (!Ipv4Packet.TryRead(question, out var packet) || packet.Protocol != Ipv4Packet.Udp || !packet.HasPorts)
            return [];
        var asked = question[(packet.HeaderLength + UdpHeader)..packet.Length];
        if (asked.Length < DnsHeader || (asked[2] & 0x80) != 0 || asked[4] != 0 || asked[5] != 1)
            return [];
        var end = DnsHeader;
        while (end < asked.Length && asked[end] is > 0 and < 64)
            end += 1 + asked[end];
        end += 5; // The root label, type and class.
        if (end > asked.Length || asked[end - 5] != 0)
            return [];
        var forged = new byte[20 + UdpHeader + end + Record];
        WriteIp(forged, Ipv4Packet.Udp, packet.Destination, packet.Source, style);
        var at = forged.AsSpan(20);
        BinaryPrimitives.WriteUInt16BigEndian(at, packet.DestinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(at[2..], packet.SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(at[4..], (ushort)at.Length);
        var answer = at[UdpHeader..];
        asked[..end].CopyTo(answer);
        (answer[2], answer[3]) = ((byte)(0x80 | (asked[2] & 1)), 0x80); // A response; recursion as asked, available.
        (answer[6], answer[7], answer[8], answer[9], answer[10], answer[11]) = (0, 1, 0, 0, 0, 0);
        ReadOnlySpan<byte> record = [0xC0, DnsHeader, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4];
        record.CopyTo(answer[end..]);
        BinaryPrimitives.WriteUInt32BigEndian(answer[(end + 6)..], timeToLive);
        BinaryPrimitives.WriteUInt32BigEndian(answer[(end + 12)..], address);
        Sum(forged, 6);
        return forged;
    }

    private static void WriteIp(Span<byte> packet, byte protocol, uint source, uint destination, ResetStyle style)
    {
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)packet.Length);
        BinaryPrimitives.WriteUInt16BigEndian(packet[4..], style.Identification);
        packet[6] = (byte)(style.DontFragment ? 0x40 : 0);
        packet[8] = style.TimeToLive;
        packet[9] = protocol;
        BinaryPrimitives.WriteUInt32BigEndian(packet[12..], source);
        BinaryPrimitives.WriteUInt32BigEndian(packet[16..], destination);
        BinaryPrimitives.WriteUInt16BigEndian(packet[10..], Checksums.Of(packet[..20]));
    }

    private static void Sum(Span<byte> packet, int at)
    {
        _ = Ipv4Packet.TryRead(packet, out var read);
        var pseudo = Checksums.Pseudo(read.Source, read.Destination, read.Protocol, packet.Length - 20);
        BinaryPrimitives.WriteUInt16BigEndian(packet[(20 + at)..], Checksums.Of(packet[20..], pseudo));
    }
}
