using Karez.Ip.Dns;
using Karez.Ip.Headers;
using Karez.Ip.Nat;
using Karez.Tun.Names;
using Karez.Wire;

namespace Karez.Tun.Flows;

/// <summary>UDP of both families. Members are for the device's loop.</summary>
internal sealed class UdpGate
{
    private readonly TunParts _parts;
    private readonly UdpFlows<UdpSession> _flows;
    private readonly Reassembly _fragments = new();
    private readonly HashSet<UdpSession> _unflushed = [];
    private int _asking;
    private readonly byte[] _answer = new byte[DnsQuery.MaxMessage];
    private readonly byte[] _out = GC.AllocateUninitializedArray<byte>(
        VirtioHeader.Size + IPv6Header.Length + UdpHeader.Length + MaxDatagram, pinned: true);

    public UdpGate(TunParts parts)
    {
        _parts = parts;
        _flows = new UdpFlows<UdpSession>(parts.Options.MaxUdpFlows, s_safe);
    }

    /// <summary>UDP flows at this moment.</summary>
    public int Count => _flows.Count;

    /// <summary>A part of a packet.</summary>
    public void TakeFragment(ReadOnlySpan<byte> packet, in IpPacket layout)
    {
        if (!_fragments.TryComplete(packet, layout, _parts.Loop.Now, out var whole)
            || UdpHeader.TryParse(whole.Span, isJoined: false, out var udp) != PacketFault.None)
            return;
        Take(new Datagram(
            new HostPort(layout.Source, udp.SourcePort), new HostPort(layout.Destination, udp.DestinationPort),
            whole.Span.Slice(UdpHeader.Length, udp.DataLength), default, layout));
    }

    /// <summary>A UDP packet, or many joined.</summary>
    public void Take(ReadOnlySpan<byte> packet, in VirtioHeader header, in IpPacket layout)
    {
        var isJoined = header.Segments is SegmentKind.Udp && header.SegmentSize > 0;
        if (UdpHeader.TryParse(layout.Payload(packet), isJoined, out var udp) != PacketFault.None)
        {
            _parts.Counters.AddMalformed();
            return;
        }

        var from = new HostPort(layout.Source, udp.SourcePort);
        var to = new HostPort(layout.Destination, udp.DestinationPort);
        var data = packet.Slice(layout.HeaderLength + UdpHeader.Length, udp.DataLength);
        var size = isJoined ? header.SegmentSize : Math.Max(1, data.Length);
        do
        {
            var one = data[..Math.Min(size, data.Length)];
            data = data[one.Length..];
            if (!Take(new Datagram(from, to, one, packet, layout)))
                return; // the others would have the same answer
        }
        while (!data.IsEmpty);
    }

    /// <summary>Lets what was collected leave.</summary>
    public void Flush()
    {
        if (_unflushed.Count == 0)
            return;
        foreach (var session in _unflushed)
            session.Flush();
        _unflushed.Clear();
    }

    /// <summary>Ends flows that were still for too long.</summary>
    public void Expire(Instant now)
    {
        while (_flows.TryTakeIdle(now, _parts.Options.UdpIdle, out var idle))
            End(idle);
    }

    /// <summary>Ends all flows.</summary>
    public void EndAll()
    {
        while (_flows.TryTakeIdle(_parts.Loop.Now, TimeSpan.Zero, out var flow))
            End(flow);
    }

    /// <summary>Gives the machine a datagram.</summary>
    public void Answer(HostPort from, HostPort to, ReadOnlySpan<byte> payload)
    {
        if (from.Address.IsIPv6 != to.Address.IsIPv6 || payload.Length > MaxDatagram)
        {
            _parts.Counters.AddDroppedDatagram();
            return;
        }

        var headroom = UdpHeader.Headroom(from.Address.IsIPv6);
        var packet = _out.AsSpan(VirtioHeader.Size);
        payload.CopyTo(packet[headroom..]);
        var length = UdpHeader.WritePacket(packet, payload.Length, from, to);
        _parts.Pump.Write(
            _out.AsSpan(0, VirtioHeader.Size + length),
            VirtioHeader.Owing(headroom - UdpHeader.Length, UdpHeader.ChecksumOffset));
    }

    /// <summary>One datagram; false when it was refused with an answer.</summary>
    private bool Take(in Datagram datagram)
    {
        if (datagram.To.Port == DnsPort)
        {
            AnswerName(datagram);
            return true;
        }

        if (datagram.To.Address.IsMulticast || datagram.To.Address.IsUnspecified)
        {
            _parts.Counters.AddUnsupported();
            return true;
        }

        var now = _parts.Loop.Now;
        if (!_flows.TryUse(datagram.From, now, out var session))
        {
            // Judged before a flow is made for it, so that refused ones cost nothing.
            var flow = _parts.Judge.Describe(FlowTransport.Udp, datagram.From, datagram.To, now);
            if (!IsTaken(flow, datagram))
                return false;
            if (!_flows.TryMakeRoom(now, out var ended))
            {
                _parts.Counters.AddTableFull();
                _parts.Counters.AddDroppedDatagram();
                return true;
            }

            if (ended is not null)
                End(ended);
            session = new UdpSession(_parts, this, datagram.From);
            _flows.Add(datagram.From, session, now);
            _parts.Counters.AddUdpFlow();
        }

        var route = session.RouteOf(datagram.To, now, out var target);
        if (IsRefused(route, datagram))
            return false;
        if (datagram.Data.IsEmpty || datagram.Data.Length > MaxPayload)
            _parts.Counters.AddDroppedDatagram();
        else if (session.Send(route, datagram.To, target, datagram.Data))
            _unflushed.Add(session);
        return true;
    }

    private bool IsTaken(in FlowRequest flow, in Datagram datagram) =>
        !IsRefused(_parts.Judge.Route(flow), datagram);

    private bool IsRefused(FlowRoute route, in Datagram datagram)
    {
        var isQuic = datagram.To.Port == QuicPort && route == FlowRoute.Channel && !_parts.Options.CarriesQuic;
        if (route != FlowRoute.Refuse && !isQuic)
            return false;
        if (isQuic)
            _parts.Counters.AddRefusedQuic();
        else
            _parts.Counters.AddRefusedFlow();
        if (!datagram.Packet.IsEmpty)
            _parts.Unreachable(datagram.Packet, datagram.Layout);
        return true;
    }

    private void AnswerName(in Datagram datagram)
    {
        _parts.Counters.AddQuestion();
        if (datagram.Data.Length > DnsQuery.MaxMessage)
            return;
        var length = _parts.Server.Answer(datagram.Data, _answer, out var mayAsk);
        if (mayAsk && _asking < MaxAsking)
            _parts.Loop.Start(AskAsync, (datagram.From, datagram.To, datagram.Data.ToArray()));
        else if (length > 0)
            Answer(datagram.To, datagram.From, _answer.AsSpan(0, NameServer.FitUdp(datagram.Data, _answer, length)));
    }

    private async ValueTask AskAsync((HostPort From, HostPort To, byte[] Message) asked)
    {
        byte[] answer;
        _asking++;
        try
        {
            answer = await _parts.Server.AskAsync(asked.Message);
        }
        finally
        {
            _asking--;
        }

        var room = new byte[Math.Max(answer.Length, 600)];
        answer.CopyTo(room, 0);
        var length = NameServer.FitUdp(asked.Message, room, answer.Length);
        Answer(asked.To, asked.From, room.AsSpan(0, length));
    }

    private void End(UdpSession session)
    {
        _unflushed.Remove(session);
        _parts.Loop.Start(static s => s.DisposeAsync(), session);
    }

    /// <summary>A datagram and the packet that it came in, which is empty where it came in _parts.</summary>
    private readonly ref struct Datagram(
        HostPort from, HostPort to, ReadOnlySpan<byte> data, ReadOnlySpan<byte> packet, IpPacket layout)
    {
        public HostPort From { get; } = from;

        public HostPort To { get; } = to;

        public ReadOnlySpan<byte> Data { get; } = data;

        public ReadOnlySpan<byte> Packet { get; } = packet;

        public IpPacket Layout { get; } = layout;
    }

    private static readonly TimeSpan s_safe = TimeSpan.FromSeconds(5);
    private const ushort DnsPort = 53;
    private const int MaxAsking = 1024; // askers who wait; further ones ask again by themselves
    private const ushort QuicPort = 443;
    private const int MaxDatagram = 65_535 - 48;

    /// <summary>The longest datagram that goes through the channel; docs/protocols/datagrams.md.</summary>
    internal const int MaxPayload = 7526;
}
