using Karez.Observe.Datagrams;
using Karez.Observe.Packets;
using Karez.Observe.Streams;

namespace Karez.Observe.Flows;

/// <summary>What is known of one flow; bounded whatever it carries.</summary>
public sealed class Flow
{
    /// <summary>Packets, and bursts, that are kept (our limit); later ones are only counted.</summary>
    public const int MaxPackets = 64;

    /// <summary>Bursts that are kept (our limit).</summary>
    public const int MaxBursts = 256;

    private readonly List<PacketSight> _packets = [];
    private readonly List<Burst> _bursts = [];
    private Burst _burst;

    internal Flow(FlowKey key, bool openingSeen, long nanoseconds)
    {
        Key = key;
        OpeningSeen = openingSeen;
        FirstSeen = nanoseconds;
        LastSeen = nanoseconds;
    }

    /// <summary>Who talks to whom.</summary>
    public FlowKey Key { get; }

    /// <summary>Whether the SYN was seen; else which end opened it was guessed.</summary>
    public bool OpeningSeen { get; internal set; }

    /// <summary>When its first packet was seen, in nanoseconds.</summary>
    public long FirstSeen { get; }

    /// <summary>When its last packet was seen.</summary>
    public long LastSeen { get; internal set; }

    /// <summary>What the client sent.</summary>
    public FlowTotals Up { get; } = new();

    /// <summary>What the server sent.</summary>
    public FlowTotals Down { get; } = new();

    /// <summary>The first packets that carried something, retransmissions included.</summary>
    public IReadOnlyList<PacketSight> Packets => _packets;

    /// <summary>Complete bursts, and the one that goes on as the last; at most 256. Retransmissions left out.</summary>
    public IReadOnlyList<Burst> Bursts => _bursts;

    /// <summary>How many bursts there were, kept or not.</summary>
    public long BurstCount { get; private set; }

    /// <summary>The client's SYN.</summary>
    public Packet? Syn { get; internal set; }

    /// <summary>The server's SYN and ACK.</summary>
    public Packet? SynAck { get; internal set; }

    /// <summary>Round trips between observer and server: the client's octets until acknowledged.</summary>
    public AckMeter ServerLeg { get; } = new();

    /// <summary>Round trips between the observer and the client.</summary>
    public AckMeter ClientLeg { get; } = new();

    /// <summary>Whether either side reset it.</summary>
    public bool WasReset { get; internal set; }

    /// <summary>Whether the client, or the server, has said that it sends no more.</summary>
    public bool Finished(Direction from) => from == Direction.ClientToServer ? UpFinished : DownFinished;

    /// <summary>What it shows of TLS; null for anything but TCP.</summary>
    public TlsSight? Tls { get; internal init; }

    /// <summary>The QUIC Initial of its first datagram; null when it was none.</summary>
    public QuicInitial? Quic { get; internal set; }

    /// <summary>How it lives so far, in nanoseconds.</summary>
    public long Duration => LastSeen - FirstSeen;

    internal bool UpFinished { get; set; }

    internal bool DownFinished { get; set; }

    internal StreamReassembler UpStream { get; } = new();

    internal StreamReassembler DownStream { get; } = new();

    internal LinkedListNode<Flow>? Node { get; set; }

    internal FlowTotals this[Direction direction] => direction == Direction.ClientToServer ? Up : Down;

    internal void Saw(Direction direction, Packet packet, bool repeated)
    {
        LastSeen = Math.Max(LastSeen, packet.Nanoseconds);
        var totals = this[direction];
        totals.Packets++;
        totals.Octets += packet.IpLength;
        if (packet.PayloadLength == 0)
            return;
        totals.Payload += packet.PayloadLength;
        totals.DataPackets++;
        if (_packets.Count < MaxPackets)
        {
            _packets.Add(new PacketSight(
                direction,
                packet.Nanoseconds,
                packet.PayloadLength,
                packet.Payload.IsEmpty ? -1 : packet.Payload.Span[0],
                repeated));
        }

        if (!repeated)
            Burst(direction, packet);
    }

    private void Burst(Direction direction, Packet packet)
    {
        if (BurstCount == 0 || _burst.Direction != direction)
        {
            BurstCount++;
            _burst = new Burst(direction, 0, 0, packet.Nanoseconds, packet.Nanoseconds);
            if (_bursts.Count < MaxBursts)
                _bursts.Add(_burst);
        }

        _burst = _burst with
        {
            Packets = _burst.Packets + 1,
            Octets = _burst.Octets + packet.PayloadLength,
            Last = packet.Nanoseconds,
        };
        if (BurstCount <= MaxBursts)
            _bursts[^1] = _burst;
    }
}
