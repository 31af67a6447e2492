using System.Net;
using Karez.Camouflage.Reality;
using Karez.Net.Loops;
using Karez.Wire;

namespace Karez.Server.Targets;

/// <summary>
/// Learns what the target sends after a handshake, in the background: at least 16 visits for each name and ALPN class,
/// spread over time, and again every few hours. No connection ever waits for it.
/// </summary>
/// <remarks>Visits keep seconds between them, so that the target's owner sees a visitor and not a storm.</remarks>
internal sealed class TargetLearner
{
    /// <summary>Visits for each name and ALPN class in one round.</summary>
    public const int Visits = 16;

    /// <summary>Most sequences kept for each: the newest rounds push out the oldest.</summary>
    private const int Kept = 4 * Visits;

    /// <summary>Most waits kept for each.</summary>
    private const int KeptWaits = 8;

    private static readonly TimeSpan s_unwell = TimeSpan.FromSeconds(30);
    private static readonly AlpnClass[] s_classes = [AlpnClass.Http2, AlpnClass.Http1, AlpnClass.None];

    private readonly TargetVisitor _visitor;
    private readonly IReadOnlyList<string> _names;
    private readonly Func<EndPoint> _target;
    private readonly IEntropy _entropy;
    private readonly TimeProvider _time;
    private readonly string _label;
    private long _atTicks; // UTC; 0 for none
    private Dictionary<(string Name, AlpnClass Alpn), TargetProfile> _profiles;

    public TargetLearner(
        TargetVisitor visitor,
        IReadOnlyList<string> names,
        string label,
        Func<EndPoint> target,
        LearntTarget? learnt,
        IEntropy entropy,
        TimeProvider time)
    {
        (_visitor, _names, _target, _entropy, _time, _label) = (visitor, names, target, entropy, time, label);
        _profiles = learnt is null || learnt.Target != label
            ? []
            : learnt.Profiles.ToDictionary(
                p => (p.Name, p.Alpn),
                p => p.Read());
        At = _profiles.Count > 0 ? learnt?.At : null;
        ChainValid = At is null || learnt?.ChainValid != false;
    }

    /// <summary>Called with what is known after each round, to be kept on disk.</summary>
    public Action<LearntTarget>? Learnt { get; set; }

    /// <summary>When the last round ended; null when nothing is known.</summary>
    public DateTimeOffset? At
    {
        // Read by whoever asks for the node's status: a whole number is never seen half written.
        get => Volatile.Read(ref _atTicks) is > 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
        private set => Volatile.Write(ref _atTicks, value?.UtcTicks ?? 0);
    }

    /// <summary>Called when the target stops being well, with what is wrong, and with null when it is again.</summary>
    public Action<string?>? Troubled { get; set; }

    /// <summary>What is wrong with the target, by the last visit; null when it is well.</summary>
    public string? Trouble
    {
        get;
        private set
        {
            var before = field;
            field = value;
            if (before is null != value is null)
                Troubled?.Invoke(value);
        }
    }

    /// <summary>False when the last look, before the start or after, found a chain that is not trusted here.</summary>
    public bool ChainValid { get; private set; }

    /// <summary>Pauses between visits, at random between these.</summary>
    public (TimeSpan Least, TimeSpan Most) Pause { get; init; } = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(6));

    /// <summary>How long the target has to be silent after a handshake until a visit is over.</summary>
    public TimeSpan Quiet { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the target is waited for to end a connection on which nothing is asked.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Time between rounds.</summary>
    public TimeSpan Round { get; init; } = TimeSpan.FromHours(6);

    /// <summary>What is known now; from any thread.</summary>
    public TargetProfile Profile(string name, AlpnClass alpn) =>
        Volatile.Read(ref _profiles).GetValueOrDefault((name, alpn)) ?? TargetProfile.Unknown;

    /// <summary>One visit now, which counts as an observation.</summary>
    public async ValueTask<TargetVisit> VisitAsync(EventLoop loop, TimeSpan quiet)
    {
        var visit = await LookOnceAsync(loop, quiet);
        if (visit.Trouble is null)
            Add(_names[0], AlpnClass.Http2, visit.After);
        return visit;
    }

    /// <summary>Looks at the target now and then until the loop ends: more often while it is not well.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="every">How often.</param>
    public async ValueTask LookAsync(EventLoop loop, TimeSpan every)
    {
        try
        {
            while (true)
            {
                var visit = await LookOnceAsync(loop, TimeSpan.Zero);
                await loop.DelayAsync(visit.Trouble is null || every < s_unwell ? every : s_unwell);
            }
        }
        catch (ConnectionException exception) when (exception.Fault == ConnectionFault.Closed)
        {
            // The loop ends.
        }
    }

    /// <summary>Learns until the loop ends.</summary>
    public async ValueTask RunAsync(EventLoop loop)
    {
        try
        {
            if (At is { } last && _profiles.All(p => IsWhole(p.Key.Alpn, p.Value)))
                await loop.DelayAsync(Positive(last + Round - _time.GetUtcNow()));
            while (true)
            {
                await LearnAsync(loop);
                await loop.DelayAsync(Round);
            }
        }
        catch (ConnectionException exception) when (exception.Fault == ConnectionFault.Closed)
        {
            // The loop ends.
        }
    }

    private async ValueTask<TargetVisit> LookOnceAsync(EventLoop loop, TimeSpan quiet)
    {
        var visit = await _visitor.VisitAsync(loop, _target(), _names[0], AlpnClass.Http2, quiet);
        Trouble = visit.Trouble;
        if (visit.Trouble is null)
            ChainValid = visit.ChainValid;
        return visit;
    }

    private async ValueTask LearnAsync(EventLoop loop)
    {
        var waits = new List<Task>();
        foreach (var name in _names)
        {
            foreach (var alpn in s_classes)
            {
                for (var visits = 0; visits < Visits; visits++)
                {
                    var visit = await _visitor.VisitAsync(loop, _target(), name, alpn, Quiet);
                    Trouble = visit.Trouble;
                    if (visit.Trouble is null)
                        Add(name, alpn, visit.After);
                    if (visit.Trouble is null && visits % (Visits / 2) == 0)
                    {
                        var unasked = visit.After.Writes.Sum(w => w.Count);
                        waits.Add(WaitOutAsync(loop, name, alpn, asks: true, unasked).AsTask());
                        waits.Add(WaitOutAsync(loop, name, alpn, asks: false, unasked).AsTask());
                    }

                    if (alpn == AlpnClass.Http2 && visits % 2 == 0)
                        await AskAsync(loop, name);
                    await loop.DelayAsync(Between());
                }

                if (await _visitor.MeasureToleranceAsync(loop, _target(), name, alpn) is { } tolerance)
                    Replace(name, alpn, profile => profile with { MaxUseless = tolerance });
                await loop.DelayAsync(Between());
            }
        }

        // They go on beside the visits; the last ones may still be waiting.
        await Task.WhenAll(waits);
        At = _time.GetUtcNow();
        Learnt?.Invoke(Write(At.Value));
    }

    /// <summary>Only an h2 server greets on its own: its greeting and its answer can meet in one record.</summary>
    private async ValueTask AskAsync(EventLoop loop, string name)
    {
        await loop.DelayAsync(Between());
        var visit = await _visitor.VisitAsync(loop, _target(), name, AlpnClass.Http2, Quiet, asks: true);
        if (visit.Trouble is not null)
            return;
        Replace(name, AlpnClass.Http2, profile => profile with { Asked = Newest(profile.Asked, visit.After, Kept) });
    }

    private static bool IsWhole(AlpnClass alpn, TargetProfile profile) =>
        profile.Silent.Count > 0
        && profile.Unfinished.Count > 0
        && (alpn != AlpnClass.Http2 || profile.Asked.Count > 0);

    private static List<T> Newest<T>(IReadOnlyList<T> known, T seen, int kept) =>
        [.. known.Skip(known.Count + 1 - kept), seen];

    private async ValueTask WaitOutAsync(EventLoop loop, string name, AlpnClass alpn, bool asks, int unasked)
    {
        if (await _visitor.WaitOutAsync(loop, _target(), name, alpn, asks, unasked, LongestWait) is not { } seen)
            return;
        Replace(name, alpn, profile => asks
            ? profile with { Unfinished = Newest(profile.Unfinished, seen, KeptWaits) }
            : profile with { Silent = Newest(profile.Silent, seen, KeptWaits) });
    }

    private LearntTarget Write(DateTimeOffset at) => new(
        _label,
        at,
        [.. _profiles.Select(p => LearntProfile.Of(p.Key.Name, p.Key.Alpn, p.Value))],
        ChainValid: ChainValid);

    private void Add(string name, AlpnClass alpn, PostHandshake after) => Replace(
        name,
        alpn,
        profile => profile with { Observed = Newest(profile.Observed, after, Kept) });

    /// <summary>Readers on other loops see the old dictionary or the new one, each whole.</summary>
    private void Replace(string name, AlpnClass alpn, Func<TargetProfile, TargetProfile> change) =>
        Volatile.Write(ref _profiles, new(_profiles) { [(name, alpn)] = change(Profile(name, alpn)) });

    private TimeSpan Between()
    {
        var span = (int)(Pause.Most - Pause.Least).TotalMilliseconds;
        return Pause.Least + TimeSpan.FromMilliseconds(span > 0 ? _entropy.Below(span) : 0);
    }

    private static TimeSpan Positive(TimeSpan span) => span > TimeSpan.Zero ? span : TimeSpan.Zero;
}
