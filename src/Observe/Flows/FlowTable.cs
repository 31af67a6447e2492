using System.Diagnostics.CodeAnalysis;
using Karez.Observe.Datagrams;
using Karez.Observe.Packets;
using Karez.Observe.Streams;

namespace Karez.Observe.Flows;

/// <summary>
/// Gathers packets into flows. Memory is bounded: the flow that was silent longest ends when the table is full.
/// </summary>
public sealed class FlowTable
{
    /// <summary>A TCP flow is over after this silence (our choice).</summary>
    public static readonly TimeSpan TcpIdle = TimeSpan.FromHours(1);

    /// <summary>A UDP flow is over after this silence (our choice; carriers' translations hold 30 to 300 s).</summary>
    public static readonly TimeSpan UdpIdle = TimeSpan.FromMinutes(2);

    private const long NanosecondsPerTick = 100;

    private readonly Dictionary<FlowKey, Flow> _flows = [];
    private readonly LinkedList<Flow> _tcp = [];
    private readonly LinkedList<Flow> _udp = [];
    private readonly Queue<Flow> _ended = [];
    private readonly List<StreamPiece> _pieces = [];
    private readonly List<RecordSight> _records = [];
    private readonly int _capacity;

    /// <summary>Makes a table.</summary>
    /// <param name="capacity">The most flows at a time.</param>
    public FlowTable(int capacity = 1 << 16)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _capacity = capacity;
    }

    /// <summary>Flows that go on.</summary>
    public int Count => _flows.Count;

    /// <summary>Takes a packet; times must not decrease by much.</summary>
    /// <returns>Null for what is neither TCP nor UDP, and for fragments.</returns>
    public FlowStep? Feed(Packet packet)
    {
        ArgumentNullException.ThrowIfNull(packet);
        if (packet.IsFragment || !(packet.IsTcp || packet.IsUdp))
            return null;
        Expire(packet.Nanoseconds);
        var flow = Find(packet, out var direction, out var first);
        _pieces.Clear();
        _records.Clear();
        var repeated = packet.IsTcp && FeedTcp(flow, direction, packet);
        flow.Saw(direction, packet, repeated);
        if (packet.IsUdp && flow.Up.DataPackets == 1 && direction == Direction.ClientToServer)
            flow.Quic = QuicInitial.Read(packet.Payload.Span);
        return new FlowStep(packet, flow, direction, first, repeated, _pieces, _records);
    }

    /// <summary>Takes a flow that has ended, in any order.</summary>
    public bool TryTakeEnded([NotNullWhen(true)] out Flow? flow) => _ended.TryDequeue(out flow);

    /// <summary>Ends every flow: there is nothing more to come.</summary>
    public void Finish()
    {
        foreach (var flow in _flows.Values.ToList())
            End(flow);
    }

    private Flow Find(Packet packet, out Direction direction, out bool first)
    {
        var key = new FlowKey(
            packet.Protocol, packet.Source, packet.SourcePort, packet.Destination, packet.DestinationPort);
        direction = Direction.ClientToServer;
        if (!_flows.TryGetValue(key, out var flow) && _flows.TryGetValue(key.Reversed, out flow))
            direction = Direction.ServerToClient;
        var opens = packet.Segment is { } segment
            && (segment.Flags & (TcpControl.Syn | TcpControl.Ack)) == TcpControl.Syn;
        if (flow is not null && opens && Reopens(flow, direction, packet))
        {
            End(flow);
            flow = null;
        }

        first = flow is null;
        if (flow is null)
        {
            var forward = opens || IsFromClient(packet);
            direction = forward ? Direction.ClientToServer : Direction.ServerToClient;
            flow = Add(forward ? key : key.Reversed, opens, packet);
        }

        var list = packet.IsTcp ? _tcp : _udp;
        list.Remove(flow.Node!); // Every flow in the table has its node.
        list.AddLast(flow.Node!);
        return flow;
    }

    // A SYN that is no repetition of the one that began the flow begins another on the same ports.
    private static bool Reopens(Flow flow, Direction direction, Packet packet) =>
        direction == Direction.ServerToClient
            ? flow.WasReset || flow.UpFinished || flow.DownFinished
            : flow.Syn?.Segment?.Sequence != packet.Segment?.Sequence;

    private static bool IsFromClient(Packet packet)
    {
        if (packet.Segment is { } segment && segment.Has(TcpControl.Syn | TcpControl.Ack))
            return false;
        // Nobody saw the beginning: the lower port is the server's when it is a well-known one.
        return packet.DestinationPort < 1024 || packet.SourcePort >= 1024;
    }

    private Flow Add(FlowKey key, bool openingSeen, Packet packet)
    {
        while (_flows.Count >= _capacity)
            End(Oldest());
        var flow = new Flow(key, openingSeen, packet.Nanoseconds) { Tls = packet.IsTcp ? new TlsSight() : null };
        _flows.Add(key, flow);
        flow.Node = (packet.IsTcp ? _tcp : _udp).AddLast(flow);
        return flow;
    }

    private Flow Oldest()
    {
        var (tcp, udp) = (_tcp.First?.Value, _udp.First?.Value);
        return udp is null || (tcp is not null && tcp.LastSeen < udp.LastSeen) ? tcp! : udp; // One of them has some.
    }

    private void Expire(long now)
    {
        while (_tcp.First is { } tcp && Elapsed(now, tcp.Value) > TcpIdle)
            End(tcp.Value);
        while (_udp.First is { } udp && Elapsed(now, udp.Value) > UdpIdle)
            End(udp.Value);
    }

    private static TimeSpan Elapsed(long now, Flow flow) => new((now - flow.LastSeen) / NanosecondsPerTick);

    private void End(Flow flow)
    {
        _flows.Remove(flow.Key);
        (flow.Key.Protocol == Packet.Tcp ? _tcp : _udp).Remove(flow.Node!);
        if (flow.Tls is { } tls)
        {
            foreach (var direction in (Direction[])[Direction.ClientToServer, Direction.ServerToClient])
            {
                var held = new List<StreamPiece>();
                (direction == Direction.ClientToServer ? flow.UpStream : flow.DownStream).Finish(held);
                foreach (var piece in held)
                    tls.Feed(direction, piece);
            }
        }

        _ended.Enqueue(flow);
    }

    /// <summary>Follows a TCP flow; true when the packet's octets had been sent before.</summary>
    private bool FeedTcp(Flow flow, Direction direction, Packet packet)
    {
        var segment = packet.Segment!.Value; // The caller has seen that there is one.
        var client = direction == Direction.ClientToServer;
        var stream = client ? flow.UpStream : flow.DownStream;
        var sequence = segment.Sequence;
        if (segment.Has(TcpControl.Syn))
        {
            sequence++;
            stream.Start(sequence);
            Opened(flow, client, packet);
        }

        var before = stream.Repeated;
        stream.Feed(sequence, packet.Payload, packet.PayloadLength, packet.Nanoseconds, _pieces);
        if (segment.Has(TcpControl.Ack))
            (client ? flow.ClientLeg : flow.ServerLeg).Acknowledged(segment.Acknowledgment, packet.Nanoseconds);
        if (packet.PayloadLength > 0)
            (client ? flow.ServerLeg : flow.ClientLeg).Sent(sequence, packet.PayloadLength, packet.Nanoseconds);
        foreach (var piece in _pieces)
            _records.AddRange(flow.Tls!.Feed(direction, piece)); // TCP flows have one.
        flow.WasReset |= segment.Has(TcpControl.Rst);
        flow.UpFinished |= client && segment.Has(TcpControl.Fin);
        flow.DownFinished |= !client && segment.Has(TcpControl.Fin);
        return packet.PayloadLength > 0 && stream.Repeated - before >= packet.PayloadLength;
    }

    private static void Opened(Flow flow, bool client, Packet packet)
    {
        var whole = packet with { Payload = default }; // What is kept must not borrow.
        if (client)
        {
            flow.Syn ??= whole;
            flow.OpeningSeen = true;
            return;
        }

        if (flow.SynAck is not null)
            return;
        flow.SynAck = whole;
        if (flow.Syn is { } syn)
            flow.ServerLeg.Measured(packet.Nanoseconds - syn.Nanoseconds);
    }
}
