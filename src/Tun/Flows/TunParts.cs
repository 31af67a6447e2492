using Karez.Ip.Headers;
using Karez.Net.Loops;
using Karez.Tun.Device;
using Karez.Tun.Names;

namespace Karez.Tun.Flows;

/// <summary>What every part of a running device needs of the others.</summary>
internal sealed class TunParts
{
    private readonly byte[] _reply = new byte[VirtioHeader.Size + IcmpMessage.MaxUnreachable];

    public required EventLoop Loop { get; init; }

    public required TunOptions Options { get; init; }

    public required IFlowCarrier Carrier { get; init; }

    public required FlowJudge Judge { get; init; }

    public required NameTable Names { get; init; }

    public required NameServer Server { get; init; }

    public required TunCounters Counters { get; init; }

    /// <summary>Set on the loop before anything else runs there.</summary>
    public PacketPump Pump { get; set; } = null!;

    /// <summary>Answers a TCP segment with RST; on the loop.</summary>
    public void Reset(ReadOnlySpan<byte> packet, in IpPacket layout) =>
        Reply(TcpHeader.WriteReset(packet, layout, _reply.AsSpan(VirtioHeader.Size)));

    /// <summary>Says that nobody takes a datagram; on the loop.</summary>
    public void Unreachable(ReadOnlySpan<byte> packet, in IpPacket layout) =>
        Reply(IcmpMessage.WritePortUnreachable(packet, layout, _reply.AsSpan(VirtioHeader.Size)));

    private void Reply(int length)
    {
        if (length > 0)
            Pump.Write(_reply.AsSpan(0, VirtioHeader.Size + length), default);
    }
}
