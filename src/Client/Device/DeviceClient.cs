using System.Net;
using Karez.Client.Gateway;
using Karez.Config.Links;
using Karez.Guard;
using Karez.Guard.Switch;
using Karez.Guard.Watch;
using Karez.Net.Local;
using Karez.Net.Resolve;
using Karez.Net.Tunnel;
using Karez.Tun;

namespace Karez.Client.Device;

/// <summary>
/// A machine whose every packet goes through the channel: the guard around it, the device, and the client that carries
/// what comes out of it. Ends when it is told to, and gives the machine back then.
/// </summary>
public sealed partial class DeviceClient : IAsyncDisposable
{
    // Our choice: a dead way that nobody tells of is given up after this, and flows with it.
    private static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(20);

    private readonly DevicePlan _plan;
    private readonly ClientStart _start;
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _started;
    private readonly DeviceGuard _guard;
    private readonly LocalProxy _proxy;
    private readonly NodeAddresses _addresses;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _telling = new();
    private NetworkWatch? _watch;
    private TableWatch? _tables;
    private TunInbound? _tun;
    private ChannelHealth? _health;
    private LocalService? _socket;
    private GatewayPrograms? _programs;
    private Task _carrying = Task.CompletedTask;
    private Task _caring = Task.CompletedTask;
    private Task _reporting = Task.CompletedTask;
    private Tuple<VlessLink, TunnelException>? _trouble;
    private DateTimeOffset _since;
    private IReadOnlyList<IPEndPoint> _directResolvers = [];
    private int _moves;
    private int _shortage;
    private volatile bool _isConnected; // for the loops, which do not wait for the guard

    private DeviceClient(
        DevicePlan plan, ClientStart start, TimeProvider time, DeviceGuard guard, LocalProxy proxy,
        NodeAddresses addresses)
    {
        (_plan, _start, _time, _guard, _proxy, _addresses) = (plan, start, time, guard, proxy, addresses);
        _started = _since = time.GetUtcNow();
        guard.Changed += state =>
        {
            _since = _time.GetUtcNow();
            _isConnected = state == SwitchState.Connected;
            if (state == SwitchState.Reconnecting)
                _health?.Look(moved: false); // after a pause nobody else would ask
            Changed?.Invoke(state);
        };
        guard.Noted += text => Noted?.Invoke(text);
    }

    /// <summary>Called, on any thread, with each new state.</summary>
    public event Action<SwitchState>? Changed;

    /// <summary>Called with what happened and stops nothing.</summary>
    public event Action<string>? Noted;

    /// <summary>Called for each node that could not be reached, also when another took the flow.</summary>
    public event Action<VlessLink, TunnelException>? NodeMissed;

    /// <summary>Called when flows go through another node than before.</summary>
    public event Action<VlessLink>? NodeChanged;

    /// <summary>Called when a node could not reach a destination, and no flow has passed yet.</summary>
    public event Action<SiteFault>? SiteFailed;

    /// <summary>Completes when it was told to end, by <see cref="Stop"/> or over its socket.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Where local programs find it; null when no port was asked for.</summary>
    public IPEndPoint? Listening => _start.Plan.Listen is null ? null : _proxy.Listening;

    /// <summary>Where the kill switch is.</summary>
    public SwitchState State => _guard.State;

    /// <summary>How it is.</summary>
    public DeviceStatus Status
    {
        get
        {
            var guard = _guard.Status;
            var trouble = guard.State is SwitchState.Connected ? null : Volatile.Read(ref _trouble);
            var way = _watch?.Now;
            var (what, hint) = trouble is null ? (null, null) : Describe(trouble.Item1, trouble.Item2);
            return new DeviceStatus(
                guard.State.ToString().ToLowerInvariant(),
                guard.HasSwitch,
                _plan.Name,
                _proxy.Nodes.Current.ToString(),
                _since,
                _started,
                (int)Math.Ceiling(guard.OpenFor.TotalSeconds),
                guard.Refused,
                way is null || way.Value.IPv4.IsThere || way.Value.IPv6.IsThere,
                what,
                hint,
                _moves,
                _proxy.Nodes.Status,
                _proxy.Overhead);
        }
    }

    /// <summary>Turns a fault of the channel into two lines; the command line has better words than this.</summary>
    public Func<VlessLink, TunnelException, (string What, string Hint)> Describe { get; set; } =
        (link, exception) => ($"{link} does not answer ({exception.Fault})", "see what karez connect says");

    /// <summary>
    /// Finds the node, closes the kill switch, opens the device, leads everything into it. The caller holds the
    /// folder's lock, so that no other does the same.
    /// </summary>
    /// <param name="start">The client.</param>
    /// <param name="plan">The device.</param>
    /// <param name="time">The clock.</param>
    /// <param name="unhandled">Told of bugs.</param>
    /// <exception cref="GuardException">Something could not be done; what was done is undone.</exception>
    /// <exception cref="TunException">There is no device to be had; what was done is undone.</exception>
    public static async Task<DeviceClient> StartAsync(
        ClientStart start, DevicePlan plan, TimeProvider time, Action<Exception> unhandled)
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(time);
        var addresses = new NodeAddresses(plan.Addresses, time);
        var others = await FindNodesAsync(start.Plan, addresses, time);
        var options = OptionsOf(plan);
        options = options with { DirectResolvers = DirectResolversOf(plan) };
        var guard = DeviceGuard.Begin(GuardPlanOf(plan, options), time);
        TunDevice? device = null;
        LocalProxy? proxy = null;
        DeviceClient? client = null;
        try
        {
            device = TunDevice.Open(plan.Name);
            guard.Attach();
            var marked = start.Plan with
            {
                Others = others,
                Mark = SwitchPlan.Mark,
                Addresses = addresses,
                Patience = SilenceLimit,
            };
            proxy = LocalProxy.Start(marked, start.Profile, time, unhandled);
            client = new DeviceClient(plan, start with { Plan = marked }, time, guard, proxy, addresses);
            client.Begin(device, options);
            return client;
        }
        catch
        {
            if (client is not null)
                await client.DisposeAsync();
            else if (proxy is not null)
                await proxy.DisposeAsync();
            device?.Dispose();
            guard.Dispose();
            throw;
        }
    }

    /// <summary>Asks it to end; <see cref="DisposeAsync"/> gives the machine back.</summary>
    public void Stop() => _ended.TrySetResult();

    /// <summary>Opens the network for a while.</summary>
    /// <returns>Null, or why it was not opened.</returns>
    public string? Pause(TimeSpan duration)
    {
        if (duration <= TimeSpan.Zero || duration > SwitchPlan.LongestPause)
            return $"a pause is at most {SwitchPlan.LongestPause.TotalMinutes:0} minutes";
        try
        {
            return _guard.Pause(duration) ? null : $"it is {Status.State}; there is nothing to open";
        }
        catch (GuardException e)
        {
            return e.Message;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Stop();
        try
        {
            await EndAsync();
        }
        finally
        {
            _guard.Dispose(); // whatever went wrong before: nobody else gives the machine back
            if (_socket is not null)
                await _socket.DisposeAsync(); // last: whoever asked for the end gets an answer, and can see it coming
            _stop.Dispose();
        }
    }

    /// <summary>
    /// Finds the nodes that are not remembered, with the resolver that this machine has before anything is changed;
    /// further ones that are nowhere are left out.
    /// </summary>
    private static async Task<IReadOnlyList<VlessLink>> FindNodesAsync(
        ClientPlan client, NodeAddresses addresses, TimeProvider time)
    {
        using var resolver = new Resolver(ResolverOptions.Default, time);
        addresses.AskInClear = NodeAddresses.By(resolver);
        if (await addresses.FindAsync(client.Link.Host) is null)
        {
            throw new GuardException(
                $"this machine: {client.Link.Host} does not resolve, and no address of it is remembered",
                "check this machine's resolver; after a crash karez disconnect opens the network");
        }

        var others = new List<VlessLink>();
        foreach (var link in client.Others)
        {
            if (await addresses.FindAsync(link.Host) is not null)
                others.Add(link);
        }

        return others;
    }

    private static IReadOnlyList<IPEndPoint> DirectResolversOf(DevicePlan plan) =>
        plan.DirectResolvers is [] ? MachineResolvers.Read(plan.ResolverPath) : plan.DirectResolvers;

    private static TunOptions OptionsOf(DevicePlan plan) => TunOptions.Default with
    {
        Mark = SwitchPlan.Mark,
        CarriesIPv6 = plan.CarriesIPv6,
        IPv6 = DeviceGuard.HasIPv6 ? TunPair.DefaultIPv6 : null,
        CarriesQuic = plan.CarriesQuic,
        RefusesDoh = plan.RefusesDoh,
    };

    private static GuardPlan GuardPlanOf(DevicePlan plan, TunOptions options)
    {
        TunPair[] pairs = options.IPv6 is { } six ? [options.IPv4, six] : [options.IPv4];
        return new GuardPlan
        {
            Journal = plan.Journal,
            HasSwitch = plan.HasSwitch,
            Switch = new SwitchPlan
            {
                Device = plan.Name,
                Local = plan.Local,
                Lan = plan.Gateway?.Lan,
                Own = [.. pairs.Select(NetworkOf)],
            },
            Mtu = options.Mtu,
            Addresses = [.. pairs.Select(pair => (pair.Address, (byte)pair.PrefixLength))],
            LanAddress = plan.Gateway is { } gateway ? (gateway.Address, gateway.PrefixLength) : null,
            CarriesIPv6 = plan.CarriesIPv6,
            NameServer = options.IPv4.Peer,
            ResolverPath = plan.ResolverPath,
        };
    }

    /// <summary>The network of a pair: all that its last bits leave.</summary>
    private static IPNetwork NetworkOf(TunPair pair)
    {
        var octets = pair.Address.GetAddressBytes();
        octets[^1] &= (byte)(0xFF << (8 * octets.Length - pair.PrefixLength));
        return new IPNetwork(new IPAddress(octets), pair.PrefixLength);
    }
}
