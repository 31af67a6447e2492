using System.Buffers.Binary;

namespace Karez.Ip.Headers;

/// <summary>
/// Gives a TCP or UDP packet other addresses and ports, in place, and changes the checksums by difference.
/// </summary>
public static class Rewriting
{
    /// <summary>Rewrites both ends; they are of the packet's family.</summary>
    /// <param name="packet">A whole packet, no later fragment.</param>
    /// <param name="layout">Where things are in it; afterwards its addresses are the old ones.</param>
    /// <param name="from">The new source.</param>
    /// <param name="to">The new destination.</param>
    /// <param name="owesChecksum">Whether the checksum field holds the pseudo header's sum only.</param>
    public static void Apply(Span<byte> packet, in IpPacket layout, HostPort from, HostPort to, bool owesChecksum)
    {
        var before = layout.Source.WordSum() + layout.Destination.WordSum();
        var after = from.Address.WordSum() + to.Address.WordSum();
        if (layout.IsIPv6)
        {
            from.Address.Write(packet[8..]);
            to.Address.Write(packet[24..]);
        }
        else
        {
            from.Address.Write(packet[12..]);
            to.Address.Write(packet[16..]);
            UpdateAt(packet[10..], before, after);
        }

        var transport = packet[layout.HeaderLength..];
        var ports = BinaryPrimitives.ReadUInt32BigEndian(transport);
        BinaryPrimitives.WriteUInt16BigEndian(transport, from.Port);
        BinaryPrimitives.WriteUInt16BigEndian(transport[2..], to.Port);
        var isUdp = layout.Protocol == IpProtocol.Udp;
        var field = transport[(isUdp ? UdpHeader.ChecksumOffset : TcpHeader.ChecksumOffset)..];
        if (owesChecksum)
        {
            var sum = BinaryPrimitives.ReadUInt16BigEndian(field);
            BinaryPrimitives.WriteUInt16BigEndian(field, Checksum.UpdateSum(sum, before, after));
            return;
        }

        if (isUdp && BinaryPrimitives.ReadUInt16BigEndian(field) == 0)
            return; // the sender made none (RFC 768)
        UpdateAt(field, before + (ports >> 16) + (ports & 0xFFFF), after + from.Port + to.Port);
        if (isUdp)
            BinaryPrimitives.WriteUInt16BigEndian(
                field, UdpHeader.NotZero(BinaryPrimitives.ReadUInt16BigEndian(field)));
    }

    private static void UpdateAt(Span<byte> field, uint before, uint after) => BinaryPrimitives.WriteUInt16BigEndian(
        field, Checksum.Update(BinaryPrimitives.ReadUInt16BigEndian(field), before, after));
}
