using System.Net;
using Karez.Ip.Headers;
using Karez.Net.Loops;
using Karez.Tun.Device;
using Karez.Tun.Flows;
using Karez.Tun.Names;
using Karez.Wire;

namespace Karez.Tun;

/// <summary>A machine's packets on their way: reads the device, and serves what comes until it is disposed.</summary>
public sealed class TunInbound : IPacketSink, IAsyncDisposable
{
    private readonly EventLoop _loop;
    private readonly TunParts _parts;
    private readonly UdpGate _udp;
    private readonly TaskCompletionSource<TunException?> _ended =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TcpGate? _tcp4;
    private TcpGate? _tcp6;
    private LoopTimer? _heartbeat;

    private TunInbound(EventLoop loop, TunParts parts)
    {
        (_loop, _parts) = (loop, parts);
        _udp = new UdpGate(parts);
    }

    /// <summary>
    /// Raised on a loop, for each family, when connections are no more accepted for want of descriptors, and when they
    /// are again.
    /// </summary>
    public event Action<ListenerEvent>? Shortage;

    /// <summary>What happened so far.</summary>
    public TunCounters Counters => _parts.Counters;

    /// <summary>
    /// Completes when the device is no more: with <see cref="TunFault.DeviceGone"/> when somebody deleted it, with
    /// null when this was disposed.
    /// </summary>
    public Task<TunException?> Ended => _ended.Task;

    /// <summary>TCP flows in the tables at this moment. From any thread.</summary>
    public int TcpFlows => (_tcp4?.Count ?? 0) + (_tcp6?.Count ?? 0);

    /// <summary>
    /// Begins to serve, from any thread. The interface is up and has its addresses; it stays the caller's to dispose,
    /// after this.
    /// </summary>
    /// <param name="device">The device.</param>
    /// <param name="options">Addresses and limits.</param>
    /// <param name="carrier">The channel.</param>
    /// <param name="router">The rules.</param>
    /// <param name="loops">Where accepted connections are served.</param>
    /// <param name="entropy">Random octets.</param>
    /// <param name="time">The clock.</param>
    /// <param name="unhandled">Told of bugs.</param>
    /// <exception cref="TunException">An address of the options is not on this machine.</exception>
    /// <exception cref="ConnectionException">No descriptors are left.</exception>
    public static TunInbound Start(
        TunDevice device, TunOptions options, IFlowCarrier carrier, IFlowRouter router, LoopGroup loops,
        IEntropy entropy, TimeProvider time, Action<Exception> unhandled)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(loops);
        var loop = new EventLoop("device", time, unhandled)
        {
            SpareDescriptors = loops.Loops[0].SpareDescriptors,
        };
        var names = new NameTable(options);
        var parts = new TunParts
        {
            Loop = loop,
            Options = options,
            Carrier = carrier,
            Judge = new FlowJudge(options, router, names),
            Names = names,
            Server = new NameServer(loop, options, router, carrier, names, entropy),
            Counters = new TunCounters(),
        };
        var inbound = new TunInbound(loop, parts);
        try
        {
            inbound._tcp4 = new TcpGate(parts, options.IPv4, loops, inbound.Note);
            inbound._tcp6 = options.IPv6 is { } six ? new TcpGate(parts, six, loops, inbound.Note) : null;
            loop.RunAsync(() => inbound.BeginAsync(device)).GetAwaiter().GetResult();
        }
        catch (Exception exception)
        {
            inbound.DisposeAsync().AsTask().Wait();
            if (exception is ListenException { Errno: var errno })
                throw new TunException(TunFault.AddressMissing, device.Name, errno);
            throw;
        }

        return inbound;
    }

    /// <summary>Forgets what direct resolvers have said, and asks these from now on. From any thread.</summary>
    /// <param name="resolvers">Who is asked for direct names, in place of <see cref="TunOptions"/>' own.</param>
    public void AskDirect(IReadOnlyList<IPEndPoint> resolvers) => _loop.Post(() => _parts.Server.AskDirect(resolvers));

    /// <summary>Aborts what carries datagrams, as <see cref="EventLoop.AbortWhere"/>. From any thread.</summary>
    public void AbortWhere(Func<IPEndPoint, IPEndPoint?, bool> isDead) => _loop.AbortWhere(isDead);

    /// <summary>Ends every flow; the device stays open.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_tcp4 is not null)
            await _tcp4.DisposeAsync();
        if (_tcp6 is not null)
            await _tcp6.DisposeAsync();
        await _loop.DisposeAsync();
        _ended.TrySetResult(null);
    }

    void IPacketSink.Take(Span<byte> framed)
    {
        var header = VirtioHeader.Read(framed);
        var packet = framed[VirtioHeader.Size..];
        if (IpPacket.TryParse(packet, out var layout) != PacketFault.None)
        {
            Counters.AddMalformed();
            return;
        }

        framed = framed[..(VirtioHeader.Size + layout.TotalLength)];
        packet = packet[..layout.TotalLength];
        if (layout.IsFragment)
        {
            if (layout.Protocol == IpProtocol.Udp)
                _udp.TakeFragment(packet, layout);
            else
                Counters.AddUnsupported();
            return;
        }

        switch (layout.Protocol)
        {
            case IpProtocol.Tcp when (layout.IsIPv6 ? _tcp6 : _tcp4) is { } tcp:
                tcp.Take(framed, header, layout);
                break;
            case IpProtocol.Udp:
                _udp.Take(packet, header, layout);
                break;
            case IpProtocol.Icmp or IpProtocol.IcmpV6 when IsOurs(layout) && IcmpMessage.IsEchoRequest(packet, layout):
                IcmpMessage.TurnIntoReply(packet, layout);
                _parts.Pump.Write(framed, default);
                break;
            default:
                Counters.AddUnsupported();
                break;
        }
    }

    void IPacketSink.Flush() => _udp.Flush();

    void IPacketSink.End(TunException? why)
    {
        _udp.EndAll();
        _tcp4?.EndAll();
        _tcp6?.EndAll();
        _ended.TrySetResult(why);
    }

    private void Note(ListenerEvent what) => Shortage?.Invoke(what);

    private ValueTask BeginAsync(TunDevice device)
    {
        _parts.Pump = new PacketPump(_loop, device, this, Counters);
        _heartbeat = new LoopTimer(_loop, Beat);
        _heartbeat.Set(s_beat);
        return default;
    }

    private void Beat()
    {
        _tcp4?.Expire(_loop.Now);
        _tcp6?.Expire(_loop.Now);
        _udp.Expire(_loop.Now);
        _heartbeat!.Set(s_beat); // it is what called this
    }

    private bool IsOurs(in IpPacket layout) =>
        layout.Destination == _parts.Options.IPv4.Other || layout.Destination == _parts.Options.IPv6?.Other;

    private static readonly TimeSpan s_beat = TimeSpan.FromSeconds(5);
}
