using System.Buffers.Binary;
using Karez.Observe.Captures;
using Karez.Wire;

namespace Karez.Observe.Packets;

/// <summary>
/// Reads frames and IP packets (RFC 791, 8200, 9293, 768). Checksums are not checked: a capture on the sending machine
/// has none yet.
/// </summary>
public static class PacketReader
{
    private const int MaxTags = 4; // Our limit: IEEE 802.1Q tags, and MPLS is not read.
    private const int MaxExtensions = 8; // Our limit.

    /// <summary>Reads a frame of a capture.</summary>
    /// <returns>Null when it holds no IP packet, or one that is malformed or cut within its headers.</returns>
    public static Packet? Read(in CaptureFrame frame)
    {
        var missing = frame.WireLength - frame.Octets.Length;
        return SkipLink(frame.Link, frame.Octets) is { } ip ? ReadIp(ip, frame.Nanoseconds, missing) : null;
    }

    /// <summary>Reads an IP packet.</summary>
    /// <param name="packet">From the IP header on; link padding behind it is ignored.</param>
    /// <param name="nanoseconds">When.</param>
    /// <param name="missing">How many octets the capture cut off at the end.</param>
    public static Packet? ReadIp(ReadOnlyMemory<byte> packet, long nanoseconds, int missing = 0)
    {
        if (packet.IsEmpty)
            return null;
        return (packet.Span[0] >> 4) switch
        {
            4 => ReadIp4(packet, nanoseconds, missing),
            6 => ReadIp6(packet, nanoseconds, missing),
            _ => null,
        };
    }

    private static ReadOnlyMemory<byte>? SkipLink(int link, ReadOnlyMemory<byte> frame) => link switch
    {
        LinkType.Ethernet => SkipEthernet(frame),
        LinkType.RawIp or LinkType.RawIp4 or LinkType.RawIp6 => frame,
        LinkType.Null when frame.Length > 4 => frame[4..],
        LinkType.LinuxCooked when frame.Length > 16 && IsIp(frame.Span[14..]) => frame[16..],
        LinkType.LinuxCooked2 when frame.Length > 20 && IsIp(frame.Span) => frame[20..],
        _ => null,
    };

    private static ReadOnlyMemory<byte>? SkipEthernet(ReadOnlyMemory<byte> frame)
    {
        var at = 12;
        for (var tags = 0; tags <= MaxTags && frame.Length > at + 2; tags++, at += 4)
        {
            if (BinaryPrimitives.ReadUInt16BigEndian(frame.Span[at..]) is not (0x8100 or 0x88A8 or 0x9100))
                return IsIp(frame.Span[at..]) ? frame[(at + 2)..] : null;
        }

        return null;
    }

    private static bool IsIp(ReadOnlySpan<byte> type) =>
        BinaryPrimitives.ReadUInt16BigEndian(type) is 0x0800 or 0x86DD;

    private static Packet? ReadIp4(ReadOnlyMemory<byte> packet, long nanoseconds, int missing)
    {
        var octets = packet.Span;
        if (octets.Length < 20)
            return null;
        var header = (octets[0] & 0x0F) * 4;
        var total = (int)BinaryPrimitives.ReadUInt16BigEndian(octets[2..]);
        if (total == 0)
            total = octets.Length + missing; // A segmentation offload left it to the device.
        if (header < 20 || octets.Length < header || total < header)
            return null;
        var offset = BinaryPrimitives.ReadUInt16BigEndian(octets[6..]);
        var read = new Packet
        {
            Nanoseconds = nanoseconds,
            Source = NetAddress.From(octets.Slice(12, 4)),
            Destination = NetAddress.From(octets.Slice(16, 4)),
            Protocol = octets[9],
            TimeToLive = octets[8],
            Identification = BinaryPrimitives.ReadUInt16BigEndian(octets[4..]),
            DontFragment = (offset & 0x4000) != 0,
            IsFragment = (offset & 0x3FFF) != 0,
            IpLength = total,
        };
        var body = packet[header..Math.Min(octets.Length, total)];
        return WithTransport(read, body, total - header, (offset & 0x1FFF) == 0);
    }

    private static Packet? ReadIp6(ReadOnlyMemory<byte> packet, long nanoseconds, int missing)
    {
        var octets = packet.Span;
        if (octets.Length < 40)
            return null;
        var length = (int)BinaryPrimitives.ReadUInt16BigEndian(octets[4..]);
        if (length == 0)
            length = octets.Length - 40 + missing;
        var next = octets[6];
        var at = 40;
        bool fragment = false, first = true;
        for (var i = 0; i < MaxExtensions && next is 0 or 43 or 44 or 60; i++)
        {
            if (octets.Length < at + 8)
                return null;
            if (next == 44)
            {
                fragment = true;
                first = BinaryPrimitives.ReadUInt16BigEndian(octets[(at + 2)..]) >> 3 == 0;
            }

            var size = next == 44 ? 8 : (octets[at + 1] + 1) * 8;
            next = octets[at];
            at += size;
        }

        var end = Math.Min(octets.Length, 40 + length);
        if (at > end)
            return null;
        var read = new Packet
        {
            Nanoseconds = nanoseconds,
            Source = NetAddress.From(octets.Slice(8, 16)),
            Destination = NetAddress.From(octets.Slice(24, 16)),
            Protocol = next,
            TimeToLive = octets[7],
            DontFragment = true,
            IsFragment = fragment,
            IpLength = 40 + length,
        };
        return WithTransport(read, packet[at..end], 40 + length - at, first);
    }

    private static Packet? WithTransport(Packet packet, ReadOnlyMemory<byte> body, int onWire, bool first)
    {
        if (!first || packet.Protocol is not (Packet.Tcp or Packet.Udp))
            return packet with { Payload = body, PayloadLength = onWire };
        return packet.Protocol == Packet.Tcp ? WithTcp(packet, body, onWire) : WithUdp(packet, body, onWire);
    }

    private static Packet? WithUdp(Packet packet, ReadOnlyMemory<byte> body, int onWire)
    {
        var reader = new WireReader(body.Span);
        if (!reader.TryReadUInt16(out var source) || !reader.TryReadUInt16(out var destination)
            || !reader.TryReadUInt16(out var length) || !reader.TryReadUInt16(out _))
            return null;
        if (length != 0 && (length < 8 || length > onWire))
            return null;
        var payload = (length == 0 ? onWire : length) - 8;
        return packet with
        {
            SourcePort = source,
            DestinationPort = destination,
            PayloadLength = payload,
            Payload = body.Slice(8, Math.Min(payload, body.Length - 8)),
        };
    }

    private static Packet? WithTcp(Packet packet, ReadOnlyMemory<byte> body, int onWire)
    {
        var octets = body.Span;
        if (octets.Length < 20)
            return null;
        var header = (octets[12] >> 4) * 4;
        if (header < 20 || header > octets.Length || header > onWire)
            return null;
        return packet with
        {
            SourcePort = BinaryPrimitives.ReadUInt16BigEndian(octets),
            DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(octets[2..]),
            Segment = ReadOptions(octets[20..header]) with
            {
                Sequence = BinaryPrimitives.ReadUInt32BigEndian(octets[4..]),
                Acknowledgment = BinaryPrimitives.ReadUInt32BigEndian(octets[8..]),
                Flags = (TcpControl)octets[13],
                Window = BinaryPrimitives.ReadUInt16BigEndian(octets[14..]),
                HeaderLength = header,
            },
            PayloadLength = onWire - header,
            Payload = body[header..],
        };
    }

    private static TcpFields ReadOptions(ReadOnlySpan<byte> options)
    {
        var fields = new TcpFields { WindowScale = -1 };
        if (options.IsEmpty)
            return fields;
        Span<byte> kinds = stackalloc byte[40];
        var count = 0;
        while (!options.IsEmpty)
        {
            var kind = options[0];
            kinds[count++] = kind;
            if (kind == 0)
                break;
            var length = kind == 1 ? 1 : options.Length < 2 ? 0 : options[1];
            if (length < (kind == 1 ? 1 : 2) || length > options.Length)
                break;
            fields = (kind, length) switch
            {
                (2, 4) => fields with { MaxSegment = BinaryPrimitives.ReadUInt16BigEndian(options[2..]) },
                (3, 3) => fields with { WindowScale = options[2] },
                (8, 10) => fields with { Timestamp = BinaryPrimitives.ReadUInt32BigEndian(options[2..]) },
                _ => fields,
            };
            options = options[length..];
        }

        return fields with { OptionKinds = kinds[..count].ToArray() };
    }
}
