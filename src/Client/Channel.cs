using System.Collections.Concurrent;
using System.Net;
using Karez.Camouflage.Browser;
using Karez.Camouflage.Reality;
using Karez.Client.Device;
using Karez.Client.Endpoints;
using Karez.Client.Sharing;
using Karez.Config.Links;
using Karez.Net.Loops;
using Karez.Net.Tunnel;
using Karez.Proxy;
using Karez.Proxy.Vision;
using Karez.Proxy.Vless;
using Karez.Secure;
using Karez.Wire;

namespace Karez.Client;

/// <summary>The way to one node: opens a stream for each destination.</summary>
internal sealed class Channel : IAsyncDisposable
{
    private readonly VlessLink _link;
    private readonly RealityDialer _dialer;
    private readonly IEntropy _entropy;
    private readonly VlessFlow _flow;
    private readonly int _warm;
    private readonly ReadyHellos _hellos;
    private readonly ConcurrentDictionary<EventLoop, WarmTunnels> _warmTunnels = new();
    private readonly NodeAddresses _addresses;
    private readonly AddressGate _gate;
    private readonly Carriers _carriers;
    private readonly XudpStreams _datagrams;
    private long _latency; // smoothed, ticks; 0: none was measured
    private long _overhead;

    /// <param name="plan">The client's plan.</param>
    /// <param name="link">The node.</param>
    /// <param name="gate">What its address sees at a time.</param>
    /// <param name="patience">How long its TCP may take.</param>
    /// <param name="profile">The browser to resemble.</param>
    /// <param name="addresses">For the node's name.</param>
    /// <param name="workers">Where keys are made in advance.</param>
    /// <param name="entropy">Random octets.</param>
    /// <param name="time">The clock.</param>
    public Channel(
        ClientPlan plan,
        VlessLink link,
        AddressGate gate,
        TimeSpan patience,
        BrowserProfile profile,
        NodeAddresses addresses,
        WorkerPool workers,
        IEntropy entropy,
        TimeProvider time)
    {
        _link = link;
        _gate = gate;
        _carriers = new Carriers(gate, OpenCarrierAsync, plan.Endpoints.CarrierIdle);
        _datagrams = new XudpStreams(gate, OpenDatagramsAsync, plan.Endpoints);
        _addresses = addresses;
        _entropy = entropy;
        _warm = plan.WarmConnections;
        _flow = link.IsVision ? VlessFlow.Vision : VlessFlow.None;
        var publicKey = new byte[32];
        link.CopyPublicKey(publicKey);
        var shortId = new byte[ShortId.Size];
        link.CopyShortId(shortId);
        var verifier = new ChainVerifier(time);
        var reality = new RealityLink
        {
            ServerName = link.ServerName,
            PublicKey = publicKey,
            ShortId = ShortId.Read(shortId),
            MlDsaPublicKey = link.DecodeMlDsaKey(),
            Version = plan.Version,
        };
        _hellos = new ReadyHellos(profile, reality, entropy, workers);
        _dialer = new RealityDialer(new DialPlan
        {
            Link = reality,
            Profile = profile,
            Hellos = _hellos,
            Judge = (identity, name) => verifier.Judge(identity.CertificateChain, name),
            Entropy = entropy,
            Time = time,
            ConnectTimeout = patience,
            Connect = new ConnectOptions(plan.Mark, Patience: plan.Patience),
            Silent = () => Silent?.Invoke(),
            Wasted = octets => Interlocked.Add(ref _overhead, octets),
        });
    }

    /// <summary>Raised on a loop when the node has not answered a dial for some seconds, which goes on.</summary>
    public event Action? Silent;

    /// <summary>The node.</summary>
    public VlessLink Link => _link;

    /// <summary>What the node's address sees of this client.</summary>
    public GateCounts Counts => _gate.Counts;

    /// <summary>What went by way of the node's address until now, both ways.</summary>
    public long Octets => _gate.Octets;

    /// <summary>How long a handshake takes, TCP's included; null while none was made.</summary>
    public TimeSpan? Latency => Volatile.Read(ref _latency) is > 0 and var ticks ? new TimeSpan(ticks) : null;

    /// <summary>Octets of handshakes, both ways.</summary>
    public long Overhead => Volatile.Read(ref _overhead);

    /// <summary>Opens a stream to a destination, on the calling loop.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="command">What it carries.</param>
    /// <param name="ask">What to hear of the dial, from a node that can tell.</param>
    /// <exception cref="TunnelException">Why not.</exception>
    public async ValueTask<VlessLeg> OpenAsync(
        EventLoop loop, Destination destination, VlessCommand command, VlessAsk ask = VlessAsk.Nothing)
    {
        var tunnel = TakeWarm(loop) ?? await DialAsync(loop);
        if (command == VlessCommand.Tcp)
            _gate.Carry(tunnel.Connection, Answers.IsWeb(destination.Port));
        return LegOf(tunnel, new VlessRequest(_link.Id, _flow, command, destination) { Ask = ask });
    }

    /// <summary>
    /// Opens a way for a TCP flow, on the calling loop: a connection of its own while there is a place for one, else a
    /// part of a shared one, else after waiting.
    /// </summary>
    /// <param name="loop">The loop.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="ask">What to hear of the dial, from a node that can tell.</param>
    /// <exception cref="TunnelException">Why not.</exception>
    public async ValueTask<IFlowWay> OpenFlowAsync(EventLoop loop, Destination destination, VlessAsk ask)
    {
        var tunnel = TakeWarm(loop);
        if (tunnel is null && _gate.TryEnter(loop.Now))
            tunnel = await DialInsideAsync(loop, GatePlace.Own);
        if (tunnel is null && await _carriers.TryOpenAsync(loop, destination, ask) is { } shared)
            return shared;
        tunnel ??= await DialAsync(loop);
        _gate.Carry(tunnel.Connection, Answers.IsWeb(destination.Port));
        var request = new VlessRequest(_link.Id, _flow, VlessCommand.Tcp, destination) { Ask = ask };
        return new OwnWay(LegOf(tunnel, request));
    }

    /// <summary>
    /// Opens a session for the datagrams of one socket, on the calling loop: in a stream of its own while there is a
    /// place for one, else in another's.
    /// </summary>
    /// <param name="loop">The loop.</param>
    /// <param name="globalId">By which the node finds the socket's outer port again.</param>
    /// <param name="receiver">Called on the loop with what comes.</param>
    /// <returns>Null when there is no place, not even a shared one.</returns>
    /// <exception cref="TunnelException">Why not.</exception>
    public ValueTask<XudpSession?> OpenDatagramsAsync(EventLoop loop, ulong globalId, DatagramReceiver receiver) =>
        _datagrams.TryOpenAsync(loop, globalId, receiver);

    /// <summary>Connects, shakes hands, leaves: as browsers do with a connection opened in advance.</summary>
    /// <exception cref="TunnelException">Why not.</exception>
    public async ValueTask LookAsync(EventLoop loop)
    {
        await _gate.EnterToLookAsync(loop.Now, loop.Closing);
        using var tunnel = await DialInsideAsync(loop, GatePlace.Own);
        var shaken = tunnel.Connection.BytesMoved; // counted already
        await tunnel.FinishAsync();
        Interlocked.Add(ref _overhead, tunnel.Connection.BytesMoved - shaken);
    }

    /// <summary>Lets go of the keys and the tunnels that wait; before the loops end.</summary>
    public async ValueTask DisposeAsync()
    {
        _hellos.Dispose();
        foreach (var loop in _warmTunnels.Keys)
        {
            if (!_warmTunnels.TryRemove(loop, out var warm))
                continue;
            await loop.RunAsync(() =>
            {
                warm.Dispose();
                return default;
            });
        }
    }

    private Tunnel? TakeWarm(EventLoop loop) => _warm == 0 || loop.Closing.IsCancellationRequested
        ? null
        : _warmTunnels.GetOrAdd(
            loop, l => new WarmTunnels(l, _warm, () => DialWarmAsync(l), () => EndWarm(l))).TryTake();

    /// <summary>A device's loop ends before this channel does, and takes along what waits there.</summary>
    private void EndWarm(EventLoop loop)
    {
        if (_warmTunnels.TryRemove(loop, out var warm))
            warm.Dispose();
    }

    /// <summary>A stream that offers to share, in a place that was counted; null if the node wears no mark.</summary>
    private async ValueTask<VlessLeg?> OpenCarrierAsync(EventLoop loop)
    {
        var tunnel = await DialInsideAsync(loop, GatePlace.Carrier);
        if (tunnel.TellsOutcomes)
            return LegOf(tunnel, new VlessRequest(_link.Id, _flow, VlessCommand.Mux, default) { Shares = true });
        tunnel.Dispose();
        return null;
    }

    /// <summary>A stream for datagrams, in a place that was counted.</summary>
    private async ValueTask<VlessLeg> OpenDatagramsAsync(EventLoop loop)
    {
        var tunnel = TakeWarm(loop);
        if (tunnel is null)
        {
            tunnel = await DialInsideAsync(loop, GatePlace.Datagrams);
        }
        else
        {
            LeaveAs(tunnel, GatePlace.Datagrams);
            _gate.Leave(); // it had a place already
        }

        return LegOf(tunnel, new VlessRequest(_link.Id, _flow, VlessCommand.Mux, default));
    }

    private VlessLeg LegOf(Tunnel tunnel, VlessRequest request)
    {
        var vision = _flow == VlessFlow.Vision
            ? VisionPair.Make(_link.Id, VisionSide.Client, Shape.Default, _entropy)
            : null;
        return new VlessLeg(tunnel, tunnel.TellsOutcomes ? request : request with { Ask = VlessAsk.Nothing }, vision);
    }

    private async ValueTask<Tunnel> DialAsync(EventLoop loop)
    {
        await _gate.EnterAsync(loop.Now, loop.Closing);
        return await DialInsideAsync(loop, GatePlace.Own);
    }

    /// <summary>What no flow has asked for yet waits for no place, and goes beyond no limit.</summary>
    private ValueTask<Tunnel> DialWarmAsync(EventLoop loop) => _gate.TryEnter(loop.Now)
        ? DialInsideAsync(loop, GatePlace.Own)
        : throw new TunnelException(TunnelFault.NodeUnreachable);

    /// <summary>Dials in a place that was counted.</summary>
    private async ValueTask<Tunnel> DialInsideAsync(EventLoop loop, GatePlace place)
    {
        try
        {
            await _gate.BeginHandshakeAsync(loop.Closing);
            var tunnel = await ShakeHandsAsync(loop);
            _gate.Run(tunnel.Connection, loop.Now);
            LeaveAs(tunnel, place);
            if (!tunnel.TellsOutcomes)
                _gate.RefuseSharing(s_foreign, loop.Now);
            return tunnel;
        }
        catch
        {
            _gate.Leave(place: place);
            throw;
        }
    }

    /// <summary>Tells the gate when it is over, and what it was.</summary>
    private void LeaveAs(Tunnel tunnel, GatePlace place) => tunnel.Disposed =
        () => _gate.Leave(tunnel.Connection, place);

    private async ValueTask<Tunnel> ShakeHandsAsync(EventLoop loop)
    {
        TunnelException? trouble = null;
        try
        {
            var tunnel = await DialNodeAsync(loop);
            Interlocked.Add(ref _overhead, tunnel.Connection.BytesMoved);
            return tunnel;
        }
        catch (TunnelException exception)
        {
            trouble = exception;
            throw;
        }
        finally
        {
            _gate.EndHandshake(trouble);
        }
    }

    /// <summary>Dials the node where it was last, then where else it may be.</summary>
    private async ValueTask<Tunnel> DialNodeAsync(EventLoop loop)
    {
        var address = await FindAddressAsync();
        List<IPAddress>? tried = null;
        while (true)
        {
            try
            {
                var began = loop.Now;
                var tunnel = await _dialer.DialAsync(loop, new IPEndPoint(address, _link.Port));
                NoteLatency(loop.Now - began);
                _addresses.Remember(_link.Host, address);
                return tunnel;
            }
            catch (TunnelException exception) when (MayBeElsewhere(exception))
            {
                (tried ??= []).Add(address);
                if (await _addresses.FindNextAsync(_link.Host, tried) is not { } next)
                    throw;
                address = next;
            }
        }
    }

    /// <summary>Whether it says nothing of the address that this machine has run out of something, or moved.</summary>
    private static bool MayBeElsewhere(TunnelException exception) => exception.Fault != TunnelFault.BadLink
        && exception.InnerException is not ConnectionException
        {
            Fault: ConnectionFault.NoDescriptors or ConnectionFault.Aborted or ConnectionFault.Closed,
        };

    /// <summary>How long a node without the mark is taken for what it is, which each connection says anew.</summary>
    private static readonly TimeSpan s_foreign = TimeSpan.FromMinutes(30);

    /// <summary>As TCP smooths its round trips (RFC 6298): an eighth of the new one.</summary>
    private void NoteLatency(TimeSpan took)
    {
        var before = Volatile.Read(ref _latency);
        var after = before == 0 ? took.Ticks : before + ((took.Ticks - before) / 8);
        Volatile.Write(ref _latency, Math.Max(1, after)); // two loops at once: one of the two counts
    }

    /// <summary>Where the node is now.</summary>
    /// <exception cref="TunnelException">Its name does not resolve.</exception>
    public async ValueTask<EndPoint> FindNodeAsync() => new IPEndPoint(await FindAddressAsync(), _link.Port);

    private async ValueTask<IPAddress> FindAddressAsync() => await _addresses.FindAsync(_link.Host)
        ?? throw new TunnelException(TunnelFault.NodeUnreachable);
}
