using System.Buffers.Binary;
using Karez.Lab.Router;
using Karez.Lab.Worlds;

namespace Karez.Lab.Tests.Router;

/// <summary>Packets as tests need them.</summary>
internal static class Packets
{
    public static byte[] Udp(string source, int sourcePort, string destination, int port, int payload = 8)
    {
        var packet = new byte[28 + payload];
        Head(packet, source, destination, Ipv4Packet.Udp);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(20), (ushort)sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(22), (ushort)port);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(24), (ushort)(8 + payload));
        Sum(packet, 26);
        return packet;
    }

    public static byte[] Tcp(string source, int sourcePort, string destination, int port, byte flags = 2)
    {
        var packet = new byte[40];
        Head(packet, source, destination, Ipv4Packet.Tcp);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(20), (ushort)sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(22), (ushort)port);
        packet[32] = 5 << 4;
        packet[33] = flags;
        Sum(packet, 36);
        return packet;
    }

    /// <summary>Whether both checksums of a TCP or UDP packet are right.</summary>
    public static bool AreSumsRight(ReadOnlySpan<byte> packet)
    {
        Assert.True(Ipv4Packet.TryRead(packet, out var read));
        var pseudo = Checksums.Pseudo(read.Source, read.Destination, read.Protocol, packet.Length - read.HeaderLength);
        return Checksums.Of(packet[..read.HeaderLength]) == 0 && Checksums.Of(packet[read.HeaderLength..], pseudo) == 0;
    }

    public static string Text(uint address) => $"{address >> 24}.{(byte)(address >> 16)}.{(byte)(address >> 8)}.{(byte)address}";

    private static void Head(Span<byte> packet, string source, string destination, byte protocol)
    {
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)packet.Length);
        packet[8] = 64;
        packet[9] = protocol;
        BinaryPrimitives.WriteUInt32BigEndian(packet[12..], Wiring.NumberOf(source));
        BinaryPrimitives.WriteUInt32BigEndian(packet[16..], Wiring.NumberOf(destination));
        BinaryPrimitives.WriteUInt16BigEndian(packet[10..], Checksums.Of(packet[..20]));
    }

    private static void Sum(Span<byte> packet, int at)
    {
        Assert.True(Ipv4Packet.TryRead(packet, out var read));
        var pseudo = Checksums.Pseudo(read.Source, read.Destination, read.Protocol, packet.Length - 20);
        BinaryPrimitives.WriteUInt16BigEndian(packet[at..], Checksums.Of(packet[20..], pseudo));
    }
}
