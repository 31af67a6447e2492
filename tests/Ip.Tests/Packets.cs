using System.Buffers.Binary;
using System.Net;
using Karez.Ip.Headers;

namespace Karez.Ip.Tests;

/// <summary>Packets for tests, made the long way round.</summary>
internal static class Packets
{
    public static readonly HostAddress Own4 = At("198.18.0.1");
    public static readonly HostAddress Peer4 = At("198.18.0.2");
    public static readonly HostAddress Own6 = At("fd6b:6172:657a::1");
    public static readonly HostAddress Peer6 = At("fd6b:6172:657a::2");

    public static HostAddress At(string address) => HostAddress.From(IPAddress.Parse(address));

    public static HostPort End(string endPoint) => HostPort.From(IPEndPoint.Parse(endPoint));

    /// <summary>A TCP segment with complete checksums, or with the pseudo header's sum only.</summary>
    public static byte[] Tcp(string from, string to, TcpControl flags, byte[] data, bool owed = false, uint sequence = 7)
    {
        var (source, target) = (End(from), End(to));
        var segment = new byte[20 + data.Length];
        BinaryPrimitives.WriteUInt16BigEndian(segment, source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), target.Port);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(4), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(8), 99);
        segment[12] = 0x50;
        segment[13] = (byte)flags;
        segment[14] = 0x20;
        data.CopyTo(segment, 20);
        var sum = owed
            ? Naive(Pseudo(segment.Length, 6, source, target))
            : (ushort)~Naive([.. Pseudo(segment.Length, 6, source, target), .. segment]);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(16), sum);
        return Wrap(IpProtocol.Tcp, source, target, segment);
    }

    public static byte[] Udp(string from, string to, byte[] data)
    {
        var (source, target) = (End(from), End(to));
        var start = UdpHeader.Headroom(source.Address.IsIPv6);
        var packet = new byte[start + data.Length];
        data.CopyTo(packet, start);
        UdpHeader.WritePacket(packet, data.Length, source, target, complete: true);
        return packet;
    }

    public static byte[] Wrap(IpProtocol protocol, HostPort from, HostPort to, byte[] payload)
    {
        var start = from.Address.IsIPv6 ? 40 : 20;
        var packet = new byte[start + payload.Length];
        payload.CopyTo(packet, start);
        if (from.Address.IsIPv6)
            IPv6Header.Write(packet, payload.Length, protocol, from.Address, to.Address);
        else
            IPv4Header.Write(packet, packet.Length, protocol, from.Address, to.Address);
        return packet;
    }

    public static IpPacket Parse(ReadOnlySpan<byte> packet)
    {
        Assert.Equal(PacketFault.None, IpPacket.TryParse(packet, out var layout));
        return layout;
    }

    public static TcpHeader ParseTcp(ReadOnlySpan<byte> packet)
    {
        var layout = Parse(packet);
        Assert.Equal(PacketFault.None, TcpHeader.TryParse(layout.Payload(packet), out var header));
        return header;
    }

    /// <summary>Whether every checksum in a TCP or UDP packet is right, by the slow way.</summary>
    public static void AssertSound(ReadOnlySpan<byte> packet)
    {
        var layout = Parse(packet);
        if (!layout.IsIPv6)
            Assert.Equal(0xFFFF, Naive(packet[..layout.HeaderLength].ToArray()));
        var payload = layout.Payload(packet).ToArray();
        var (from, to) = (new HostPort(layout.Source, 0), new HostPort(layout.Destination, 0));
        var all = layout.Protocol == IpProtocol.Icmp
            ? payload
            : [.. Pseudo(payload.Length, (byte)layout.Protocol, from, to), .. payload];
        Assert.Equal(0xFFFF, Naive(all));
    }

    /// <summary>RFC 1071 as it is written there: word by word.</summary>
    public static ushort Naive(ReadOnlySpan<byte> octets)
    {
        uint sum = 0;
        for (var i = 0; i < octets.Length; i += 2)
        {
            sum += (uint)((octets[i] << 8) | (i + 1 < octets.Length ? octets[i + 1] : 0));
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)sum;
    }

    public static byte[] Pseudo(int length, byte protocol, HostPort from, HostPort to)
    {
        var size = from.Address.Length;
        var pseudo = new byte[(2 * size) + 8];
        from.Address.Write(pseudo);
        to.Address.Write(pseudo.AsSpan(size));
        BinaryPrimitives.WriteInt32BigEndian(pseudo.AsSpan(2 * size), length);
        pseudo[^1] = protocol;
        return pseudo;
    }
}
