using System.Collections.Concurrent;
using System.Net;
using Karez.Ip.Headers;
using Karez.Ip.Nat;
using Karez.Net.Loops;
using Karez.Tun.Names;
using Karez.Wire;

namespace Karez.Tun.Flows;

/// <summary>TCP of one family: packets to and from the listener, and what it accepts.</summary>
internal sealed class TcpGate : IAsyncDisposable
{
    private readonly Lock _lock = new(); // the table is the device's loop's, except for finding who was accepted
    private readonly TunParts _parts;
    private readonly TcpNat _nat;
    private readonly Listener _listener;
    private readonly ConcurrentDictionary<Connection, byte> _open = new();
    private volatile bool _isOver;

    /// <summary>Listens on the device's own address.</summary>
    /// <exception cref="ListenException">The address is not there.</exception>
    public TcpGate(TunParts parts, TunPair pair, LoopGroup loops, Action<ListenerEvent> notify)
    {
        _parts = parts;
        lock (_lock) // whoever is accepted already waits for the table
        {
            _listener = Listener.Start(
                loops,
                new IPEndPoint(pair.Address, 0),
                ServeAsync,
                new ListenerOptions { MaxConnections = parts.Options.Tcp.MaxFlows, Notify = notify });
            var local = HostPort.From((IPEndPoint)_listener.LocalEndPoint);
            _nat = new TcpNat(local, pair.Other, parts.Options.Tcp);
        }
    }

    /// <summary>Flows in the table.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _nat.Count;
        }
    }

    /// <summary>A TCP packet from the machine; on the device's loop.</summary>
    public void Take(Span<byte> framed, in VirtioHeader header, in IpPacket layout)
    {
        var packet = framed[VirtioHeader.Size..];
        if (TcpHeader.TryParse(layout.Payload(packet), out var tcp) != PacketFault.None)
        {
            _parts.Counters.AddMalformed();
            return;
        }

        var now = _parts.Loop.Now;
        NatVerdict verdict;
        lock (_lock)
            verdict = _nat.Translate(packet, layout, tcp, header.OwesChecksum, now);
        if (verdict == NatVerdict.Begins)
            verdict = Begin(packet, header, layout, tcp, now);
        if (verdict == NatVerdict.Rewritten)
            _parts.Pump.WriteFramed(framed);
        else if (verdict == NatVerdict.Unknown)
            _parts.Reset(packet, layout);
        else
            _parts.Counters.AddUnsupported();
    }

    /// <summary>Forgets flows whose time is over; on the device's loop.</summary>
    public void Expire(Instant now)
    {
        lock (_lock)
            _nat.Expire(now);
    }

    /// <summary>Ends what was accepted: its packets have no way any more. From any thread.</summary>
    public void EndAll()
    {
        _isOver = true;
        foreach (var program in _open.Keys)
            program.Loop.Post(static state => ((Connection)state!).Abort(ConnectionFault.Closed), program);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private NatVerdict Begin(
        Span<byte> packet, in VirtioHeader header, in IpPacket layout, in TcpHeader tcp, Instant now)
    {
        var key = new FlowKey(
            new HostPort(layout.Source, tcp.SourcePort), new HostPort(layout.Destination, tcp.DestinationPort));
        if (key.Destination.Address.IsMulticast)
            return NatVerdict.Dropped;
        if (key.Destination.Port != DnsPort)
        {
            var flow = _parts.Judge.Describe(FlowTransport.Tcp, key.Source, key.Destination, now);
            if (_parts.Judge.Route(flow) == FlowRoute.Refuse)
            {
                _parts.Counters.AddRefusedFlow();
                return NatVerdict.Unknown;
            }
        }

        lock (_lock)
        {
            if (_nat.TryBegin(key, now))
            {
                _parts.Counters.AddTcpFlow();
                return _nat.Translate(packet, layout, tcp, header.OwesChecksum, now);
            }
        }

        _parts.Counters.AddTableFull();
        return NatVerdict.Unknown;
    }

    /// <summary>An accepted connection, on its loop.</summary>
    private async ValueTask ServeAsync(Connection program)
    {
        FlowKey key;
        bool isKnown;
        lock (_lock)
        {
            key = default;
            isKnown = program.RemoteEndPoint is IPEndPoint caller && _nat.TryFind(HostPort.From(caller), out key);
        }

        if (!isKnown)
        {
            program.Reset(); // a program that tries our port
            return;
        }

        _open[program] = 0;
        try
        {
            // Whoever is told after this line finds it among the open ones.
            if (!_isOver)
                await ServeAsync(program, key);
        }
        finally
        {
            _open.TryRemove(program, out _);
        }
    }

    private async ValueTask ServeAsync(Connection program, FlowKey key)
    {
        if (key.Destination.Port == DnsPort)
        {
            await new DnsStream(_parts.Loop, _parts.Server, program, _parts.Counters).RunAsync();
            return;
        }

        var flow = _parts.Judge.Describe(FlowTransport.Tcp, key.Source, key.Destination, program.Loop.Now);
        var carried = _parts.Judge.Route(flow) switch
        {
            FlowRoute.Channel => await _parts.Carrier.CarryAsync(program, flow),
            FlowRoute.Direct => await DirectFlow.CarryAsync(program, flow, _parts.Options),
            _ => false,
        };
        if (!carried)
            program.Reset();
    }

    private const ushort DnsPort = 53;
}
