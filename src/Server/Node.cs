using System.Net;
using Karez.Camouflage.Reality;
using Karez.Contracts;
using Karez.Net.Loops;
using Karez.Net.Outbounds;
using Karez.Net.Relay;
using Karez.Net.Resolve;
using Karez.Net.Tunnel;
using Karez.Secure;
using Karez.Server.People;
using Karez.Server.Targets;

namespace Karez.Server;

/// <summary>The running node: a door in front of a site, and an exit for those who are let in.</summary>
public sealed class Node : IAsyncDisposable
{
    /// <summary>How far a client's clock may be off, either way (our choice; Xray documents 60 to 120 s).</summary>
    public static readonly TimeSpan ClockWindow = TimeSpan.FromSeconds(90);

    /// <summary>Hellos remembered: at 700 new connections a second the window is full.</summary>
    private const int RememberedHellos = 131_072;

    /// <summary>How long the first look listens for tickets.</summary>
    private static readonly TimeSpan s_firstQuiet = TimeSpan.FromMilliseconds(500);

    private readonly NodePlan _plan;
    private readonly LoopGroup _loops;
    private readonly WorkerPool _workers;
    private readonly Resolver _resolver;
    private readonly TimeProvider _time;
    private readonly RealityIdentity _identity;
    private readonly RealityDoor _door;
    private readonly NodeContext _context;
    private readonly TargetWatch _target;
    private readonly TargetLearner _learner;
    private Membership _membership;
    private RealityRules _rules;
    private Listener? _listener;
    private Action<string?>? _targetTroubled;

    private Node(NodePlan plan, Roster roster, LoopGroup loops, WorkerPool workers, TimeProvider time)
    {
        (_plan, _loops, _workers, _time) = (plan, loops, workers, time);
        MaxConnections = ProcessLimits.Connections(plan.MaxConnections);
        _membership = Membership.Compile(roster, null);
        _rules = MakeRules();
        _identity = new RealityIdentity(SystemEntropy.Instance, plan.MlDsaSeed.Span);
        _resolver = new Resolver(ResolverOptions.Default, time);
        _target = new TargetWatch(plan.Target, _resolver);
        _learner = new TargetLearner(
            new TargetVisitor(new ChainVerifier(time), SystemEntropy.Instance, plan.ProxyProtocol),
            [.. plan.Names],
            plan.Target.ToString(),
            () => _target.EndPoint,
            plan.Learnt,
            SystemEntropy.Instance,
            time)
        {
            Learnt = learnt => TargetLearnt?.Invoke(learnt),
            Troubled = trouble => _targetTroubled?.Invoke(trouble),
        };
        _context = new NodeContext
        {
            Exit = new DirectOutbound(
                _resolver,
                new ExitPolicy(plan.AllowPrivate, [], [plan.Listen]),
                workers,
                DirectOptions.Default with { Sources = plan.Egress }),
            Entropy = SystemEntropy.Instance,
            Limits = new FlowLimits(plan.Idle, FlowLimits.Default.HalfClosed),
            Guests = new Guests(loops.Loops),
            Sockets = new SocketShelf(plan.Datagrams),
            Datagrams = plan.Datagrams,
            Sharing = plan.Sharing,
        };
        _door = new RealityDoor(new DoorPlan
        {
            Target = () => _target.EndPoint,
            Rules = () => Volatile.Read(ref _rules),
            Profile = _learner.Profile,
            Memory = new SharedHelloMemory(new HelloMemory(
                (long)ClockWindow.TotalSeconds,
                RememberedHellos,
                OpensAt(plan, time.GetUtcNow().ToUnixTimeSeconds()),
                plan.Hellos?.Remembered)),
            Keep = plan.Hellos is null ? null : plan.Hellos.KeepAsync,
            Identity = _identity,
            Workers = workers,
            TargetPace = new TokenBucket(plan.TargetConnectionsPerSecond, 2 * plan.TargetConnectionsPerSecond),
            Entropy = SystemEntropy.Instance,
            Time = time,
            StrangerCare = plan.StrangerCare,
            AnnouncesCallers = plan.ProxyProtocol,
        });
    }

    /// <summary>Where it listens; the port is the real one when 0 was asked for.</summary>
    public IPEndPoint Listening => (IPEndPoint)_listener!.LocalEndPoint; // set by StartAsync

    /// <summary>The loops' counters, for tests.</summary>
    internal LoopGroup Loops => _loops;

    /// <summary>The kept sockets, for tests.</summary>
    internal SocketShelf Sockets => _context.Sockets;

    /// <summary>Everybody, with counters.</summary>
    public Membership Membership => Volatile.Read(ref _membership);

    /// <summary>Raised on a loop after each round of learning, to be kept for the next start.</summary>
    public event Action<LearntTarget>? TargetLearnt;

    /// <summary>
    /// Raised on a loop when the target stops being well, with what is wrong, and with null when it is well again.
    /// </summary>
    /// <remarks>Whoever comes late hears of a trouble that lasts, as the first look may be over by then.</remarks>
    public event Action<string?>? TargetTroubled
    {
        add
        {
            _targetTroubled += value;
            if (TargetTrouble is { } trouble)
                value?.Invoke(trouble);
        }
        remove => _targetTroubled -= value;
    }

    /// <summary>Raised on a loop, once, when callers have to wait, and when they no longer do.</summary>
    public event Action<ListenerEvent>? Shortage;

    /// <summary>The most connections held at once.</summary>
    public int MaxConnections { get; }

    /// <summary>What is wrong with the target, by the last visit; null when it is well.</summary>
    public string? TargetTrouble => _learner.Trouble;

    /// <summary>When the target was last learnt whole; null when it was not yet.</summary>
    public DateTimeOffset? TargetLearntAt => _learner.At;

    /// <summary>False when the last look, before the start or after, found a chain that is not trusted here.</summary>
    public bool TargetChainValid => _learner.ChainValid;

    /// <summary>Connections held now, strangers' too.</summary>
    public int Connections => _listener?.Open ?? 0;

    /// <summary>Addresses from which the exit connects; at least one.</summary>
    public int EgressAddresses => Math.Max(1, _plan.Egress.Count);

    /// <summary>Buffers lent now; none when nothing moves.</summary>
    public int RentedBuffers => _loops.OutstandingBuffers;

    /// <summary>Starts to listen. The first start looks at the target first and refuses one that cannot work.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="roster">Who may come in.</param>
    /// <param name="time">The clock.</param>
    /// <param name="unhandled">Told of bugs: exceptions that no flow expected.</param>
    /// <exception cref="ListenException">The address cannot be listened on.</exception>
    /// <exception cref="TargetException">The target cannot work, and nothing was ever learnt of it.</exception>
    public static async Task<Node> StartAsync(
        NodePlan plan, Roster roster, TimeProvider time, Action<Exception> unhandled)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var loops = new LoopGroup(Environment.ProcessorCount, time, unhandled);
        var workers = new WorkerPool("karez-worker", threads: 2, capacity: 1024);
        var node = new Node(plan, roster, loops, workers, time);
        try
        {
            await node.LookAtTargetAsync();
            node._listener = Listener.Start(
                loops, plan.Listen, node.ServeAsync, new ListenerOptions
                {
                    MaxConnections = node.MaxConnections,
                    Notify = noticed => node.Shortage?.Invoke(noticed),
                });
            loops.Loops[0].Start(node._learner.RunAsync, loops.Loops[0]);
            loops.Loops[0].Start(node.PrepareAsync);
            IdleCollector.Start(loops);
            if (plan.TargetLook is { } every)
                loops.Loops[0].Start(() => node._learner.LookAsync(loops.Loops[0], every));
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Takes a new roster; flows of people who are no longer in it end at once. From any thread, one at a time.
    /// </summary>
    public void Reload(Roster roster)
    {
        var membership = Membership.Compile(roster, Membership);
        Volatile.Write(ref _membership, membership);
        Volatile.Write(ref _rules, MakeRules());
        _context.Guests.EndAllBut(membership);
        _context.Sockets.CloseAllBut(membership.Members.Select(m => m.Person.Id).ToHashSet().Contains);
    }

    /// <summary>Stops to accept, lets flows end by themselves for a while, then ends them.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_listener is not null)
            await _listener.DisposeAsync();
        var until = _time.GetTimestamp();
        // Connections, and not flows: the node's own looks at the target never end.
        while (Connections > 0
            && _time.GetElapsedTime(until) < _plan.Drain
            && !cancellationToken.IsCancellationRequested)
            await Task.Delay(TimeSpan.FromMilliseconds(50), _time, CancellationToken.None);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_listener is not null)
            await _listener.DisposeAsync();
        _context.Sockets.CloseAllBut(_ => false);
        await _loops.DisposeAsync();
        _workers.Dispose();
        _resolver.Dispose();
        _identity.Dispose();
    }

    private static long OpensAt(NodePlan plan, long now) =>
        plan.KeysAreNew ? 0 : plan.OpensLate ? now + (long)ClockWindow.TotalSeconds + 1 : now;

    /// <summary>Makes what only a caller needs, after listening began: whoever comes sooner makes it himself.</summary>
    private async ValueTask PrepareAsync()
    {
        try
        {
            await _workers.RunAsync(() =>
            {
                _identity.Prepare();
                return true;
            });
            await _context.Exit.PrepareAsync();
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // The node stops.
        }
    }

    /// <summary>A node that knows its target listens at once; one that does not has to see that it can work.</summary>
    private async Task LookAtTargetAsync()
    {
        await _target.ResolveAsync();
        if (_learner.At is not null)
            return;
        var visit = await _loops.Loops[0].RunAsync(() => _learner.VisitAsync(_loops.Loops[0], s_firstQuiet));
        if (visit.Trouble is { } trouble)
            throw new TargetException(trouble);
    }

    private async ValueTask ServeAsync(Connection client)
    {
        var admission = await _door.AdmitAsync(client);
        if (admission is null)
            return;

        // Revoked between the hello and here: what a stranger with a key gets is the door's matter the next time.
        if (Membership.Find(admission.Claim.ShortId) is not { } member)
        {
            await TurnSilentAsync(admission);
            return;
        }

        await new Guest(_context, member, admission).RunAsync();
    }

    private async ValueTask TurnSilentAsync(Admission admission)
    {
        using var tunnel = admission.Tunnel;
        try
        {
            await Silence.KeepAsync(
                tunnel,
                admission.Profile.DrawUnfinished(_context.Entropy, admission.IsAnswered),
                tunnel.Connection.Loop.Now);
        }
        catch (Exception exception) when (exception is ConnectionException or TunnelException)
        {
            // It is over.
        }
    }

    private RealityRules MakeRules() => new()
    {
        PrivateKey = _plan.PrivateKey,
        ServerNames = _plan.Names,
        ShortIds = Membership.ShortIds,
        MinClientVersion = _plan.MinClientVersion,
        StrictHybrid = _plan.StrictHybrid,
    };
}
