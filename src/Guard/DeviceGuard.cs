using Karez.Guard.Switch;
using Karez.Guard.Undo;
using Karez.Sys;
using Karez.Sys.Netlink;
using AddressFamily = System.Net.Sockets.AddressFamily;

namespace Karez.Guard;

/// <summary>
/// Everything that is done to this machine around Karez's interface: the kill switch, addresses, routes, rules, the
/// resolver; each written in the journal before it is done. For any thread.
/// </summary>
public sealed partial class DeviceGuard : IDisposable
{
    private readonly Lock _lock = new();
    private readonly GuardPlan _plan;
    private readonly TimeProvider _time;
    private readonly SwitchMachine _machine;
    private readonly Rtnetlink _net;
    private readonly Journal _journal;
    private readonly List<Change> _routing = []; // Undone for a pause, and done again after it.
    private ITimer? _pause;
    private DateTimeOffset _openUntil;
    private bool _disposed;

    private DeviceGuard(GuardPlan plan, TimeProvider time, SwitchState state)
    {
        (_plan, _time, _machine) = (plan, time, new SwitchMachine(state));
        _net = Undoing.OpenNet();
        _journal = Journal.Open(plan.Journal);
    }

    /// <summary>Called, on any thread, with each new state.</summary>
    public event Action<SwitchState>? Changed;

    /// <summary>Called with what went wrong and does not stop anything.</summary>
    public event Action<string>? Noted;

    /// <summary>Called, on any thread, when another program has written who is asked for names.</summary>
    public event Action? ResolversChanged;

    /// <summary>Whether this machine has IPv6, and it is not switched off.</summary>
    public static bool HasIPv6
    {
        get
        {
            const string Off = "/proc/sys/net/ipv6/conf/all/disable_ipv6";
            return File.Exists(Off) && File.ReadAllText(Off).Trim() == "0";
        }
    }

    /// <summary>Where the kill switch is.</summary>
    public SwitchState State
    {
        get
        {
            lock (_lock)
                return _machine.State;
        }
    }

    /// <summary>How it is.</summary>
    public GuardStatus Status
    {
        get
        {
            lock (_lock)
            {
                var left = _machine.State == SwitchState.Paused ? _openUntil - _time.GetUtcNow() : TimeSpan.Zero;
                return new(_machine.State, _plan.HasSwitch, left > TimeSpan.Zero ? left : TimeSpan.Zero, Refused());
            }
        }
    }

    /// <summary>
    /// Closes the kill switch, before anything else is done to this machine, and undoes what a killed process left.
    /// </summary>
    /// <exception cref="GuardException">It cannot be closed; nothing was changed.</exception>
    public static DeviceGuard Begin(GuardPlan plan, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(time);
        if (plan.HasSwitch && !Nftables.IsPresent)
        {
            throw new GuardException(
                "the kill switch needs libnftables", "apt-get install libnftables1, or --kill-switch off");
        }

        var held = Journal.Read(plan.Journal).Any(change => change is TableMade);
        var guard = new DeviceGuard(plan, time, held ? SwitchState.Held : SwitchState.Off);
        try
        {
            guard.Take(SwitchEvent.Start);
            if (plan.HasSwitch)
                guard.Make(new TableMade { Json = guard.TableOf(SwitchState.Starting, TimeSpan.Zero) });
            guard.UndoLeftovers();
        }
        catch
        {
            guard._net.Dispose();
            guard._journal.Dispose();
            throw;
        }

        return guard;
    }

    /// <summary>Gives the device its addresses and leads everything into it.</summary>
    /// <exception cref="GuardException">Something could not be done; dispose to undo the rest.</exception>
    public void Attach()
    {
        lock (_lock)
        {
            PrepareDevice();
            LoosenFilter();
            PrepareLan();
            PlanRouting();
            foreach (var change in _routing)
                Make(change);
            BeginResolver();
            Take(SwitchEvent.Ready);
        }
    }

    /// <summary>Leads everything into the device again, after it was removed and opened anew.</summary>
    /// <exception cref="GuardException">Something could not be done; nothing leaves meanwhile.</exception>
    public void Reattach()
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            PrepareDevice();
            if (_machine.State == SwitchState.Paused)
                return; // The end of the pause leads in.
            foreach (var change in _routing)
                Make(change);
            if (_resolver is ResolvedTold)
                TellResolver();
        }
    }

    /// <summary>Says what happened to the way to the node: answered, lost, moved.</summary>
    public void Report(SwitchEvent what)
    {
        lock (_lock)
        {
            if (!_disposed)
                Take(what);
        }
    }

    /// <summary>Undoes everything, the kill switch last.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
            Take(SwitchEvent.Stop);
            _pause?.Dispose();
            EndResolver();
            _journal.Dispose();
            foreach (var wrong in Undoing.Run(_plan.Journal, keepTable: false))
                Noted?.Invoke($"not undone: {wrong}");
            _net.Dispose();
            Take(SwitchEvent.Undone);
        }
    }

    /// <summary>What a kill does, for tests: nothing is undone, and nobody looks after anything any more.</summary>
    internal void Abandon()
    {
        lock (_lock)
        {
            _disposed = true;
            _pause?.Dispose();
            _rewriting?.Dispose();
            _resolverWatch?.Dispose();
            _journal.Dispose();
            _net.Dispose();
        }
    }

    private string TableOf(SwitchState state, TimeSpan open) =>
        SwitchTable.Make(_plan.Switch, SwitchMachine.Allowed[state], open);

    private void PrepareDevice()
    {
        var device = _plan.Switch.Device;
        var link = LinkOf(device);
        Require(_net.SetMtu(link, _plan.Mtu), $"the MTU of {device}");
        foreach (var (address, length) in _plan.Addresses)
        {
            if (HasIPv6 || address.AddressFamily == AddressFamily.InterNetwork)
                Make(new AddressAdded(device, address.ToString(), length));
        }

        Require(_net.SetUp(link, true), $"switching {device} on");
    }

    private void UndoLeftovers()
    {
        // The journal that is open now has the old lines and perhaps our table's; all of them but the table are undone.
        foreach (var change in Journal.Read(_plan.Journal).Where(change => change is not TableMade).Reverse())
        {
            if (change.Undo(_net) is { } wrong)
                Noted?.Invoke($"left by an earlier run: {wrong}");
        }

        if (!_plan.HasSwitch)
            _ = new TableMade().Undo(_net);
    }

    private void Make(Change change)
    {
        _journal.Write(change);
        if (change.Do(_net) is { } wrong)
            throw new GuardException(wrong, "run it as root; if it is, another program may hold the same thing");
    }

    private void Take(SwitchEvent what)
    {
        var before = _machine.State;
        if (_machine.TryTake(what) && _machine.State != before)
            Changed?.Invoke(_machine.State);
    }

    private int LinkOf(string name)
    {
        var links = new List<LinkEntry>();
        Require(_net.ReadLinks(links), "listing interfaces");
        return links.Find(link => link.Name == name)?.Index
            ?? throw new GuardException($"there is no interface {name}", "another program removed it; try again");
    }

    private static void Require(int result, string what)
    {
        if (result < 0)
            throw new GuardException($"{what}: error {-result}", "run it as root");
    }
}
