using System.Collections.Concurrent;
using System.Net;
using Karez.Camouflage.Browser;
using Karez.Camouflage.Reality;
using Karez.Client.Device;
using Karez.Client.Endpoints;
using Karez.Client.Subscriptions;
using Karez.Config.Links;
using Karez.Net.Loops;
using Karez.Net.Outbounds;
using Karez.Net.Resolve;
using Karez.Net.Tunnel;
using Karez.Proxy;
using Karez.Proxy.Mux;
using Karez.Secure;
using Karez.Tun;
using Karez.Tun.Flows;

namespace Karez.Client;

/// <summary>The running client: a port for local programs, and the way to the node.</summary>
public sealed class LocalProxy : IAsyncDisposable
{
    private readonly LoopGroup _loops;
    private readonly Action<Exception> _unhandled;
    private readonly Resolver _resolver;
    private readonly WorkerPool _workers;
    private readonly BrowserProfile _profile;
    private readonly TimeProvider _time;
    private readonly Stack<Nodes> _former = new();
    private readonly Lock _replacing = new();

    // An address sees the flows of links that were replaced as well.
    private readonly ConcurrentDictionary<string, AddressGate> _gates = new();
    private readonly Spider _spider;
    private readonly NodeAddresses _addresses;
    private readonly CancellationTokenSource _stop = new();
    private Task _refreshing = Task.CompletedTask;
    private volatile Nodes _nodes;
    private SubscriptionUpdates? _updates;
    private Listener? _listener;
    private long _refusedDatagrams;
    private int _passed;

    /// <summary>How long a node's TCP may take while there are others to try (our choice).</summary>
    private static readonly TimeSpan s_impatience = TimeSpan.FromSeconds(5);

    // Asked for at once (our limit): each is a connection, and whoever serves a list says how many there are.
    private const int MostNames = 16;

    // Our choice: files of the runtime and the state folder, the sockets of netlink, status and look-ups.
    private const int SpareDescriptors = 32;

    private LocalProxy(
        ClientPlan plan, BrowserProfile profile, TimeProvider time, LoopGroup loops, Action<Exception> unhandled)
    {
        (Plan, _profile, _time, _loops, _unhandled) = (plan, profile, time, loops, unhandled);
        Answers = new Answers(plan.Answers);
        _resolver = new Resolver(ResolverOptions.Default, time);
        _workers = new WorkerPool("karez-worker", threads: 1, capacity: 16);
        Direct = new DirectOutbound(
            _resolver,
            // What a program of this machine may reach anyway; only the way back into our own port is none.
            new ExitPolicy(allowPrivate: true, [], plan.Listen is null ? [] : [plan.Listen]),
            _workers,
            DirectOptions.Default with { Connect = new ConnectOptions(plan.Mark) });
        _spider = new Spider(profile, new ChainVerifier(time), plan.Mark);
        _addresses = plan.Addresses ?? new NodeAddresses(plan.AddressFile, time)
        {
            AskInClear = NodeAddresses.By(_resolver),
        };
        Names = new NodeNames(this, _addresses, plan.FarResolvers, time);
        _nodes = MakeNodes([plan.Link, .. plan.Others]);
    }

    /// <summary>Raised once, on a loop, when the first flow got an answer; from the program's request to it.</summary>
    public event Action<TimeSpan>? FirstFlowPassed;

    /// <summary>Raised on a loop for each node that could not be reached, also when another took the flow.</summary>
    public event Action<VlessLink, TunnelException>? NodeMissed;

    /// <summary>Raised on a loop when flows go through another node than before.</summary>
    public event Action<VlessLink>? NodeChanged;

    /// <summary>Raised on a loop when a node has not answered a dial for some seconds, which goes on.</summary>
    public event Action<VlessLink>? NodeSilent;

    /// <summary>Raised on a loop when no tunnel could be made, to whatever node.</summary>
    public event Action<TunnelException>? TunnelFailed;

    /// <summary>
    /// Raised on a loop when the node could not reach a destination, and no flow has passed yet.
    /// </summary>
    public event Action<SiteFault>? SiteFailed;

    /// <summary>
    /// Raised on any thread with what a subscription brought or why it was refused, and when programs have to wait.
    /// </summary>
    public event Action<string>? Noted;

    /// <summary>
    /// Where local programs find it; the port is the real one when 0 was asked for. Only where the plan has a port.
    /// </summary>
    public IPEndPoint Listening => (IPEndPoint)(_listener
        ?? throw new InvalidOperationException("The plan has no port.")).LocalEndPoint;

    /// <summary>
    /// Datagrams to port 443 that were dropped, so that browsers take TCP; see docs/protocols/datagrams.md.
    /// </summary>
    public long RefusedDatagrams => Volatile.Read(ref _refusedDatagrams);

    /// <summary>The loops' counters, for tests.</summary>
    internal LoopGroup Loops => _loops;

    internal ClientPlan Plan { get; }

    internal XudpIdentity Identity { get; } = new(SystemEntropy.Instance);

    internal Nodes Nodes => _nodes;

    internal NodeNames Names { get; }

    /// <summary>Octets that carried nobody's traffic: handshakes, probes, updates; both ways.</summary>
    internal long Overhead
    {
        get
        {
            lock (_replacing)
                return _nodes.Overhead + _former.Sum(nodes => nodes.Overhead) + (_updates?.Octets ?? 0);
        }
    }

    /// <summary>The way of what goes direct.</summary>
    internal DirectOutbound Direct { get; }

    internal Answers Answers { get; }

    /// <summary>How it is, without a device.</summary>
    internal DeviceStatus Status(DateTimeOffset started) => new(
        DeviceStatus.Serving, KillSwitch: false, Device: "", Nodes.Current.ToString(), started, started,
        Nodes: Nodes.Status, Overhead: Overhead, Listening: Listening.ToString());

    /// <summary>Starts to listen.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="profile">The browser to resemble.</param>
    /// <param name="time">The clock.</param>
    /// <param name="unhandled">Told of bugs: exceptions that no flow expected.</param>
    /// <exception cref="ListenException">The address cannot be listened on.</exception>
    public static LocalProxy Start(
        ClientPlan plan, BrowserProfile profile, TimeProvider time, Action<Exception> unhandled)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var loops = new LoopGroup(Environment.ProcessorCount, time, unhandled);
        foreach (var loop in loops.Loops)
            loop.SpareDescriptors = SpareDescriptors;
        var proxy = new LocalProxy(plan, profile, time, loops, unhandled);
        try
        {
            proxy._listener = plan.Listen is null ? null : Listener.Start(
                loops,
                plan.Listen,
                app => new LocalFlow(proxy, app).RunAsync(),
                new ListenerOptions
                {
                    MaxConnections = ProcessLimits.Connections(plan.MaxConnections),
                    Notify = what => proxy.Noted?.Invoke(ShortageText.Of(what)),
                });
        }
        catch
        {
            loops.DisposeAsync().AsTask().Wait(); // no flow is running yet
            throw;
        }

        if (plan.Subscriptions is { Count: > 0 } subscriptions)
            proxy._updates = new SubscriptionUpdates(proxy, subscriptions, profile, time);
        if (plan.Addresses is null) // a device cares for its own
        {
            proxy._refreshing = proxy.Names.RunAsync(
                () => Volatile.Read(ref proxy._passed) != 0, proxy._stop.Token);
        }

        IdleCollector.Start(loops);
        return proxy;
    }

    /// <summary>
    /// Visits a node's borrowed site, as a browser that was not let in would go on, and tells what time it is there;
    /// null when it cannot be had. From any thread.
    /// </summary>
    public async Task<DateTimeOffset?> VisitSiteAsync(VlessLink link)
    {
        ArgumentNullException.ThrowIfNull(link);
        try
        {
            return await _spider.VisitAsync(
                await Nodes.FindAsync(link), link.ServerName, SpiderPlan.Parse(link.SpiderPath));
        }
        catch (TunnelException)
        {
            return null;
        }
    }

    /// <summary>
    /// Carries what comes out of a device, beside the port if there is one. Dispose it before this and the device.
    /// </summary>
    /// <param name="device">An interface that is up and has its addresses.</param>
    /// <param name="options">Addresses and limits.</param>
    /// <param name="router">The rules.</param>
    /// <exception cref="TunException">The device's address is not on this machine.</exception>
    /// <exception cref="ConnectionException">No descriptors are left.</exception>
    public TunInbound StartTun(TunDevice device, TunOptions options, IFlowRouter router) => TunInbound.Start(
        device, options, new TunCarrier(this), router, _loops, SystemEntropy.Instance, _time, _unhandled);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_stop.IsCancellationRequested)
            await _stop.CancelAsync();
        await _refreshing;
        if (_updates is not null)
            await _updates.DisposeAsync();
        await _spider.DisposeAsync();
        if (_listener is not null)
            await _listener.DisposeAsync();
        await Nodes.DisposeAsync();
        foreach (var nodes in _former)
            await nodes.DisposeAsync();
        await _loops.DisposeAsync();
        _resolver.Dispose();
        _workers.Dispose();
        Identity.Dispose();
        _stop.Dispose();
    }

    /// <summary>
    /// Goes on with what subscriptions have now, behind the configuration's own links. Flows that run are left alone.
    /// Behind a device nobody can be asked for a name in clear, so a node with an unknown one is left out until
    /// <see cref="LearnAsync"/> has it.
    /// </summary>
    internal void Replace(IReadOnlyList<VlessLink> further)
    {
        var links = ClientStart.WithFurther(new[] { Plan.Link }.Concat(Plan.Others).Take(Plan.Own), further)
            .Where(link => !IsUnknown(link.Host))
            .ToList();
        if (links.Count == 0)
            return;
        lock (_replacing)
        {
            _former.Push(_nodes);
            _nodes = MakeNodes(links);
        }
    }

    /// <summary>
    /// Asks through the channel for the names of nodes that were left out, and goes on with those that were heard.
    /// </summary>
    /// <param name="further">What subscriptions have now.</param>
    /// <param name="cancellationToken">Asks for no further one.</param>
    /// <returns>Whether none is left out any more.</returns>
    internal async Task<bool> LearnAsync(IReadOnlyList<VlessLink> further, CancellationToken cancellationToken)
    {
        var unknown = further.Select(link => link.Host).Where(IsUnknown).Distinct().ToList();
        var isHeard = false;
        foreach (var host in unknown.Take(MostNames).TakeWhile(_ => !cancellationToken.IsCancellationRequested))
            isHeard |= await Names.AskAsync(host);
        if (isHeard)
            Replace(further);
        return !unknown.Exists(IsUnknown);
    }

    private bool IsUnknown(string host) => Plan.Addresses is { } known && !IPAddress.TryParse(host, out _)
        && known.Remembered(host) is null;

    internal void Note(string text) => Noted?.Invoke(text);

    private Nodes MakeNodes(IReadOnlyList<VlessLink> links)
    {
        var nodes = new Nodes(
            [.. MakeChannels(links)], Plan.Endpoints, new NetworkMemory(Plan.Endpoints.Memory));
        nodes.Missed += (link, exception) => NodeMissed?.Invoke(link, exception);
        nodes.Changed += link => NodeChanged?.Invoke(link);
        nodes.Silent += link => NodeSilent?.Invoke(link);
        return nodes;
    }

    private IEnumerable<Channel> MakeChannels(IReadOnlyList<VlessLink> links)
    {
        return links.Select((link, index) => new Channel(
            Plan,
            link,
            _gates.GetOrAdd(link.Host, _ => new AddressGate(Plan.Endpoints)),
            index < links.Count - 1 && s_impatience < Plan.ConnectTimeout ? s_impatience : Plan.ConnectTimeout,
            _profile,
            _addresses,
            _workers,
            SystemEntropy.Instance,
            _time));
    }

    internal void Passed(TimeSpan after)
    {
        if (Interlocked.Exchange(ref _passed, 1) == 0)
            FirstFlowPassed?.Invoke(after);
    }

    internal void Unreached(FlowFailure failure)
    {
        if (Volatile.Read(ref _passed) == 0)
            SiteFailed?.Invoke(SiteFaults.Of(failure));
    }

    internal void Refused() => Interlocked.Increment(ref _refusedDatagrams);

    internal void Failed(TunnelException exception) => TunnelFailed?.Invoke(exception);
}
