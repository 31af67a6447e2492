using Karez.Beds;
using Karez.Lab.Router;

namespace Karez.Lab.Worlds;

/// <summary>A world that runs: machines, sites, resolvers, router, captures. Disposing leaves nothing.</summary>
public sealed class World : IDisposable
{
    private readonly Bed _bed = new();
    private readonly Dictionary<string, WorldHost> _hosts = new(StringComparer.Ordinal);
    private readonly List<WorldHost> _subscribers = [];
    private readonly CaptureTap _captures;
    private readonly BorderLog _border;
    private readonly RouterThread _router;
    private bool _disposed;

    /// <summary>Builds it; what a killed run left is removed first.</summary>
    /// <param name="plan">What shall be in it.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="folder">The run's folder.</param>
    /// <param name="processor">What the router runs on; null for any.</param>
    /// <param name="prepare">Adds taps and censors before the first packet; null for none.</param>
    /// <exception cref="LabException">It is not closed, or a program is missing.</exception>
    public World(
        WorldPlan plan, int seed, string folder, OwnProcessor? processor = null, Action<RouterCore>? prepare = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        Plan = plan;
        Seed = seed;
        Folder = Directory.CreateDirectory(folder).FullName;
        Authority = new PrivateCa(seed);
        CaptureTap? captures = null;
        RouterThread? router = null;
        try
        {
            var wiring = new Wiring(_bed);
            Core = new RouterCore(Translation(plan), plan.Subscribers.Count, seed);
            AddHosts(wiring);
            AddSubscribers(wiring);
            Clock = new RunClock();
            captures = _captures = new CaptureTap(
                Path.Combine(Folder, "captures"), [.. plan.Subscribers.Select(one => one.Name)], Clock);
            Core.Add(captures);
            Core.Add(_border = new BorderLog(Clock));
            prepare?.Invoke(Core);
            router = _router = RouterThread.Start(_bed.Machines, wiring.Hub, Core, Clock, processor);
            StartServers();
        }
        catch
        {
            router?.Dispose();
            captures?.Dispose();
            Authority.Dispose();
            _bed.Dispose();
            throw;
        }
    }

    /// <summary>What it was built from.</summary>
    public WorldPlan Plan { get; }

    /// <summary>The run's seed.</summary>
    public int Seed { get; }

    /// <summary>The run's folder.</summary>
    public string Folder { get; }

    /// <summary>Who signed the sites' certificates.</summary>
    public PrivateCa Authority { get; }

    /// <summary>The router's decisions: counts, and the subscribers' lines.</summary>
    public RouterCore Core { get; }

    /// <summary>The run's clock.</summary>
    public RunClock Clock { get; }

    /// <summary>The subscribers' machines, in the manifest's order.</summary>
    public IReadOnlyList<WorldHost> Subscribers => _subscribers;

    /// <summary>A machine of the plan.</summary>
    public WorldHost Host(string name) => _hosts[name];

    /// <summary>Every address of the run, for probers.</summary>
    public IReadOnlySet<string> Addresses =>
        _hosts.Values.Concat(_subscribers).SelectMany(host => host.Addresses).ToHashSet(StringComparer.Ordinal);

    /// <summary>Ends the router and the captures.</summary>
    /// <returns>
    /// How exact it was, the packets in each subscriber's capture, and who came in at the border.
    /// </returns>
    public (Running.RouterEntry Router, IReadOnlyList<long> Packets, IReadOnlyList<Running.BorderEntry> Border) Finish()
    {
        var router = _router.Stop();
        var packets = _captures.Finish();
        return (router with { Dropped = router.Dropped + _captures.LeftOut }, packets, _border.Finish());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        foreach (var host in _hosts.Values.Concat(_subscribers))
            host.Release();
        _router.Dispose();
        _captures.Dispose();
        _bed.Dispose();
        Authority.Dispose();
    }

    private static CarrierNat Translation(WorldPlan plan)
    {
        var nat = new CarrierNat();
        for (var i = 0; i < plan.Subscribers.Count; i++)
        {
            var one = plan.Subscribers[i];
            nat.Add(
                i, Wiring.NumberOf(one.Address), Wiring.NumberOf(one.PublicAddress), one.FirstPort,
                one.LastPort - one.FirstPort + 1);
        }

        return nat;
    }

    private void AddHosts(Wiring wiring)
    {
        foreach (var planned in Plan.Hosts)
        {
            var machine = wiring.AddMachine(planned.Name, planned.Addresses);
            var link = LinkProfiles.Distance[planned.Distance];
            Core.Add(wiring.Attach(
                machine, link, link, planned.Foreign, Seed, region: planned.Distance,
                isCensors: planned.Name == WorldPlan.Prober));
            var resolver = planned.Foreign ? WorldPlan.ForeignResolver : WorldPlan.HomeResolver;
            _hosts.Add(planned.Name, new WorldHost(
                machine, planned.Addresses, Path.Combine(Folder, "hosts", planned.Name), resolver));
        }
    }

    private void AddSubscribers(Wiring wiring)
    {
        for (var i = 0; i < Plan.Subscribers.Count; i++)
        {
            var one = Plan.Subscribers[i];
            var machine = wiring.AddMachine(one.Name, one.Address);
            var (up, down) = LinkProfiles.Access[one.Access];
            Core.Add(wiring.Attach(machine, up, down, false, Seed, i));
            _subscribers.Add(new WorldHost(
                machine, [one.Address], Path.Combine(Folder, "hosts", one.Name), WorldPlan.HomeResolver));
        }
    }

    private void StartServers()
    {
        var cdn = ("cdn.assets.example", Path.Combine(Host("cdn").Folder, "cdn.assets.example"));
        foreach (var host in _hosts.Values)
        {
            var here = Plan.Sites.Where(site => host.Addresses.Contains(site.Address)).ToList();
            if (here.Count > 0)
                WebServer.Start(host, here, cdn, Authority, Seed);
        }

        NameServer.Start(Host("dnshome"), Plan.Sites);
        NameServer.Start(Host("dnsfar"), Plan.Sites);
    }
}
