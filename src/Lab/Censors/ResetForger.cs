using System.Buffers.Binary;
using Karez.Lab.Detectors;
using Karez.Observe.Packets;

namespace Karez.Lab.Censors;

/// <summary>Writes the resets that an injector of the lab sends into the lab's own world.</summary>
public static class ResetForger
{
    private const int IpHeader = 20;
    private const int TcpHeader = 20;

    /// <summary>A reset in answer to a packet, or as if by its sender.</summary>
    /// <param name="packet">The packet that was seen; IPv4, TCP.</param>
    /// <param name="shape">How the injector's resets look.</param>
    /// <param name="answer">To the packet's sender; else to its receiver.</param>
    /// <param name="payload">What it carries.</param>
    /// <param name="random">Draws the identification.</param>
    public static byte[] Forge(
        Packet packet, ResetShape shape, bool answer, ReadOnlySpan<byte> payload, Random random)
    {
        ArgumentNullException.ThrowIfNull(packet);
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(random);
        var segment = packet.Segment ?? throw new ArgumentException("No TCP packet.", nameof(packet));
        var length = packet.PayloadLength + (segment.Has(TcpControl.Syn) ? 1 : 0);
        var next = segment.Sequence + (uint)length;
        var (from, to) = answer ? (packet.Destination, packet.Source) : (packet.Source, packet.Destination);
        var (fromPort, toPort) = answer
            ? (packet.DestinationPort, packet.SourcePort)
            : (packet.SourcePort, packet.DestinationPort);
        var forged = new byte[IpHeader + TcpHeader + payload.Length];
        var ip = forged.AsSpan(0, IpHeader);
        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)forged.Length);
        BinaryPrimitives.WriteUInt16BigEndian(ip[4..], (ushort)random.Next(shape.FirstId, shape.LastId + 1));
        BinaryPrimitives.WriteUInt16BigEndian(ip[6..], (ushort)(shape.DontFragment ? 0x4000 : 0));
        ip[8] = shape.TimeToLive;
        ip[9] = Packet.Tcp;
        BinaryPrimitives.WriteUInt32BigEndian(ip[12..], (uint)from.Value);
        BinaryPrimitives.WriteUInt32BigEndian(ip[16..], (uint)to.Value);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], InternetChecksum.Of(ip));
        var tcp = forged.AsSpan(IpHeader);
        BinaryPrimitives.WriteUInt16BigEndian(tcp, fromPort);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[2..], toPort);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], answer ? segment.Acknowledgment : next);
        if (shape.WithAck)
            BinaryPrimitives.WriteUInt32BigEndian(tcp[8..], answer ? next : segment.Acknowledgment);
        tcp[12] = TcpHeader / 4 << 4;
        tcp[13] = (byte)(TcpControl.Rst | (shape.WithAck ? TcpControl.Ack : TcpControl.None));
        payload.CopyTo(tcp[TcpHeader..]);
        var pseudo = InternetChecksum.Pseudo((uint)from.Value, (uint)to.Value, Packet.Tcp, tcp.Length);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[16..], InternetChecksum.Of(tcp, pseudo));
        return forged;
    }
}
