using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Karez.Tests;

/// <summary>Writes IP packets and captures, apart from every parser under test.</summary>
internal static class PacketMaker
{
    public const byte Fin = 1, Syn = 2, Rst = 4, Psh = 8, Ack = 16;

    public static byte[] Tcp(
        string source, int sourcePort, string destination, int destinationPort, uint sequence, uint acknowledgment,
        byte flags, ReadOnlySpan<byte> payload = default, ReadOnlySpan<byte> options = default, byte ttl = 64)
    {
        var header = 20 + options.Length;
        var segment = new byte[header + payload.Length];
        BinaryPrimitives.WriteUInt16BigEndian(segment, (ushort)sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), (ushort)destinationPort);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(4), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(8), acknowledgment);
        segment[12] = (byte)(header / 4 << 4);
        segment[13] = flags;
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(14), 64240);
        options.CopyTo(segment.AsSpan(20));
        payload.CopyTo(segment.AsSpan(header));
        return Ip(source, destination, 6, segment, ttl);
    }

    public static byte[] Udp(
        string source, int sourcePort, string destination, int destinationPort, ReadOnlySpan<byte> payload)
    {
        var datagram = new byte[8 + payload.Length];
        BinaryPrimitives.WriteUInt16BigEndian(datagram, (ushort)sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(2), (ushort)destinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(4), (ushort)datagram.Length);
        payload.CopyTo(datagram.AsSpan(8));
        return Ip(source, destination, 17, datagram);
    }

    public static byte[] Ip(string source, string destination, byte protocol, ReadOnlySpan<byte> body, byte ttl = 64)
    {
        var (from, to) = (IPAddress.Parse(source).GetAddressBytes(), IPAddress.Parse(destination).GetAddressBytes());
        if (from.Length == 16)
        {
            byte[] six = [0x60, 0, 0, 0, (byte)(body.Length >> 8), (byte)body.Length, protocol, ttl, .. from, .. to, .. body];
            return six;
        }

        var total = 20 + body.Length;
        byte[] packet =
        [
            0x45, 0, (byte)(total >> 8), (byte)total, 0x12, 0x34, 0x40, 0, ttl, protocol, 0, 0, .. from, .. to, .. body,
        ];
        uint sum = 0;
        for (var i = 0; i < 20; i += 2)
            sum += BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(i));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), (ushort)~(sum + (sum >> 16)));
        return packet;
    }

    public static byte[] Ethernet(byte[] packet) =>
        [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, .. (byte[])(packet[0] >> 4 == 6 ? [0x86, 0xDD] : [8, 0]), .. packet];

    /// <summary>A pcap file; times in nanoseconds.</summary>
    public static byte[] Pcap(
        IEnumerable<(long Time, byte[] Frame)> frames, int link = 101, bool nano = false, bool big = false, int snap = 0)
    {
        var file = new List<byte>();
        void Put32(uint value)
        {
            Span<byte> four = stackalloc byte[4];
            if (big)
                BinaryPrimitives.WriteUInt32BigEndian(four, value);
            else
                BinaryPrimitives.WriteUInt32LittleEndian(four, value);
            file.AddRange(four);
        }

        Put32(nano ? 0xA1B23C4Du : 0xA1B2C3D4u);
        file.AddRange(big ? [0, 2, 0, 4] : (byte[])[2, 0, 4, 0]);
        Put32(0);
        Put32(0);
        Put32(1 << 18);
        Put32((uint)link);
        foreach (var (time, frame) in frames)
        {
            var kept = snap == 0 ? frame : frame[..Math.Min(snap, frame.Length)];
            Put32((uint)(time / 1_000_000_000));
            Put32((uint)(time % 1_000_000_000 / (nano ? 1 : 1000)));
            Put32((uint)kept.Length);
            Put32((uint)frame.Length);
            file.AddRange(kept);
        }

        return [.. file];
    }

    /// <summary>A DNS message with one question, and answers A.</summary>
    public static byte[] Dns(ushort id, string name, bool answer, params string[] addresses)
    {
        var message = new List<byte>
        {
            (byte)(id >> 8), (byte)id, (byte)(answer ? 0x81 : 1), (byte)(answer ? 0x80 : 0), 0, 1,
            0, (byte)addresses.Length, 0, 0, 0, 0,
        };
        foreach (var label in name.Split('.'))
        {
            message.Add((byte)label.Length);
            message.AddRange(Encoding.ASCII.GetBytes(label));
        }

        message.AddRange([0, 0, 1, 0, 1]);
        foreach (var address in addresses)
            message.AddRange([0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, .. IPAddress.Parse(address).GetAddressBytes()]);
        return [.. message];
    }

    /// <summary>A TLS record.</summary>
    public static byte[] Record(byte type, int length) =>
        [type, 3, 3, (byte)(length >> 8), (byte)length, .. Enumerable.Repeat((byte)0xA5, length)];
}
