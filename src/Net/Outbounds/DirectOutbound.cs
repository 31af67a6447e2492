using System.Net;
using Karez.Net.Loops;
using Karez.Net.Resolve;
using Karez.Proxy;

namespace Karez.Net.Outbounds;

/// <summary>
/// The exit: connects to a destination from this machine, where the policy lets it. Dialling is for a loop's thread;
/// one object serves all loops.
/// </summary>
public sealed class DirectOutbound
{
    private readonly Resolver _resolver;
    private readonly DirectOptions _options;
    private readonly WorkerPool _workers;
    private readonly Lazy<ExitPolicy> _first;
    private volatile ExitPolicy? _fresh;
    private long _policyUntil;

    /// <summary>Makes the exit.</summary>
    /// <param name="resolver">Names.</param>
    /// <param name="policy">Where it may connect; own addresses are read from the interfaces and kept fresh.</param>
    /// <param name="workers">Where the interfaces are read.</param>
    /// <param name="options">Limits.</param>
    public DirectOutbound(Resolver resolver, ExitPolicy policy, WorkerPool workers, DirectOptions options)
    {
        _resolver = resolver;
        _options = options;
        _workers = workers;
        _first = new Lazy<ExitPolicy>(() => WithOwn(policy));
        _policyUntil = Environment.TickCount64 + RefreshInterval;
    }

    /// <summary>The policy with own addresses as they were read last; the first who asks reads them.</summary>
    private ExitPolicy Policy => _fresh ?? _first.Value;

    /// <summary>Reads the interfaces on a worker, so that the first flow does not have to on its loop.</summary>
    public async ValueTask PrepareAsync() => await _workers.RunAsync(() => _first.Value);

    /// <summary>Judges a datagram's destination.</summary>
    public ExitVerdict Judge(IPEndPoint endPoint)
    {
        RefreshWhenStale();
        return Policy.Judge(endPoint.Address, endPoint.Port);
    }

    /// <summary>Connects, by RFC 8305 where there are several addresses.</summary>
    public ValueTask<DialResult> DialAsync(EventLoop loop, Destination destination) =>
        DialAsync(loop, destination, Guid.Empty);

    /// <summary>Connects for a person, who keeps to one source address of each family.</summary>
    public async ValueTask<DialResult> DialAsync(EventLoop loop, Destination destination, Guid person)
    {
        var deadline = loop.Now + _options.Timeout;
        var (outcome, endPoints) = await ResolveAsync(destination);
        if (outcome != DialOutcome.Connected) return new DialResult(outcome, null);
        var race = new DirectRace(loop, endPoints, deadline, _options, (uint)person.GetHashCode());
        var result = await race.RunAsync();
        if (!result.IsConnected) return result;
        if (result.Connection.LocalEndPoint is IPEndPoint local
            && result.Connection.RemoteEndPoint is IPEndPoint remote
            && Policy.JudgeConnected(local, remote) == ExitVerdict.Allowed)
            return result;
        result.Connection.Reset();
        return new DialResult(DialOutcome.Forbidden, null);
    }

    /// <summary>
    /// The end points of a destination that the exit may use, in the order in which to try them; at least one when
    /// the outcome is <see cref="DialOutcome.Connected"/>.
    /// </summary>
    public async ValueTask<(DialOutcome Outcome, IReadOnlyList<IPEndPoint> EndPoints)> ResolveAsync(
        Destination destination)
    {
        if (destination.IsNone) return (DialOutcome.NameNotFound, []);
        RefreshWhenStale();
        IReadOnlyList<IPAddress> addresses;
        if (destination.ToAddress() is { } address)
        {
            addresses = [address];
        }
        else
        {
            var answer = await _resolver.ResolveAsync(destination.Name);
            if (answer.Status != ResolveStatus.Found) return (OutcomeOf(answer.Status), []);
            addresses = answer.Addresses;
        }

        var policy = Policy;
        var allowed = Interleave(addresses)
            .Where(a => policy.Judge(a, destination.Port) == ExitVerdict.Allowed)
            .Take(_options.MaxAttempts)
            .Select(a => new IPEndPoint(a, destination.Port))
            .ToArray();
        return allowed.Length == 0 ? (DialOutcome.Forbidden, []) : (DialOutcome.Connected, allowed);
    }

    /// <summary>Families in turn, beginning with the first address's (RFC 8305 section 4).</summary>
    internal static IEnumerable<IPAddress> Interleave(IReadOnlyList<IPAddress> addresses)
    {
        var first = addresses.Where(a => a.AddressFamily == addresses[0].AddressFamily).ToList();
        var second = addresses.Where(a => a.AddressFamily != addresses[0].AddressFamily).ToList();
        for (var i = 0; i < Math.Max(first.Count, second.Count); i++)
        {
            if (i < first.Count) yield return first[i];
            if (i < second.Count) yield return second[i];
        }
    }

    private static DialOutcome OutcomeOf(ResolveStatus status) =>
        status is ResolveStatus.TimedOut or ResolveStatus.Busy ? DialOutcome.TimedOut : DialOutcome.NameNotFound;

    private ExitPolicy WithOwn(ExitPolicy policy) =>
        policy.WithOwnAddresses([.. ExitPolicy.ReadOwnAddresses(), .. _options.AlsoOwn]);

    /// <summary>Reads the interfaces again now and then; nobody waits for it.</summary>
    private void RefreshWhenStale()
    {
        var until = Volatile.Read(ref _policyUntil);
        var now = Environment.TickCount64;
        if (now < until) return;
        if (Interlocked.CompareExchange(ref _policyUntil, now + RefreshInterval, until) != until) return;
        EventLoop.Current?.Start(RefreshAsync);
    }

    private async ValueTask RefreshAsync() => _fresh = await _workers.RunAsync(() => WithOwn(Policy));

    private const long RefreshInterval = 30_000;
}
