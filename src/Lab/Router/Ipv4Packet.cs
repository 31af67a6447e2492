using System.Buffers.Binary;

namespace Karez.Lab.Router;

/// <summary>
/// Where things are in an IPv4 packet (RFC 791). Reads what a router needs, and nothing that it cannot trust: lengths
/// are checked against the packet.
/// </summary>
public readonly struct Ipv4Packet
{
    /// <summary>Protocol numbers.</summary>
    public const byte Icmp = 1, Tcp = 6, Udp = 17;

    /// <summary>The header's length in octets.</summary>
    public int HeaderLength { get; private init; }

    /// <summary>The whole packet's length as its header says.</summary>
    public int Length { get; private init; }

    /// <summary>The protocol.</summary>
    public byte Protocol { get; private init; }

    /// <summary>The source address, most significant octet first.</summary>
    public uint Source { get; private init; }

    /// <summary>The destination address.</summary>
    public uint Destination { get; private init; }

    /// <summary>Whether it is a fragment; its ports may be missing.</summary>
    public bool IsFragment { get; private init; }

    /// <summary>Source port of TCP and UDP, identifier of an ICMP echo; 0 otherwise.</summary>
    public ushort SourcePort { get; private init; }

    /// <summary>Destination port of TCP and UDP, identifier of an ICMP echo; 0 otherwise.</summary>
    public ushort DestinationPort { get; private init; }

    /// <summary>Whether it has ports, or an echo's identifier.</summary>
    public bool HasPorts { get; private init; }

    /// <summary>Reads a packet; octets after its length are padding.</summary>
    /// <returns>False when it is no whole IPv4 packet.</returns>
    public static bool TryRead(ReadOnlySpan<byte> octets, out Ipv4Packet packet)
    {
        packet = default;
        if (octets.Length < 20 || octets[0] >> 4 != 4)
            return false;
        var header = (octets[0] & 15) * 4;
        int length = BinaryPrimitives.ReadUInt16BigEndian(octets[2..]);
        if (header < 20 || length < header || length > octets.Length)
            return false;
        var fragment = BinaryPrimitives.ReadUInt16BigEndian(octets[6..]);
        var body = octets[header..length];
        var whole = (fragment & 0x3FFF) == 0;
        var protocol = octets[9];
        var (source, destination, ports) = ((ushort)0, (ushort)0, false);
        if (whole && protocol is Tcp or Udp && body.Length >= 8)
        {
            source = BinaryPrimitives.ReadUInt16BigEndian(body);
            destination = BinaryPrimitives.ReadUInt16BigEndian(body[2..]);
            ports = true;
        }
        else if (whole && protocol == Icmp && body.Length >= 8 && body[0] is 0 or 8)
        {
            source = destination = BinaryPrimitives.ReadUInt16BigEndian(body[4..]);
            ports = true;
        }

        packet = new Ipv4Packet
        {
            HeaderLength = header,
            Length = length,
            Protocol = protocol,
            Source = BinaryPrimitives.ReadUInt32BigEndian(octets[12..]),
            Destination = BinaryPrimitives.ReadUInt32BigEndian(octets[16..]),
            IsFragment = !whole,
            SourcePort = source,
            DestinationPort = destination,
            HasPorts = ports,
        };
        return true;
    }
}
