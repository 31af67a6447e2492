using Karez.Lab.Detectors;

namespace Karez.Lab.Enforcement;

/// <summary>
/// What happens to a line without the police: nothing abroad for half an hour after fanning out, and slow for the rest
/// of the day after heavy foreign use. Pure.
/// </summary>
public sealed class SoftBranch
{
    private readonly Dictionary<int, TimeSpan> _blackUntil = [];
    private readonly HashSet<(int Subscriber, int Day)> _slow = [];

    /// <summary>How often a line was cut off from abroad.</summary>
    public int Blackouts { get; private set; }

    /// <summary>Days of subscribers on which a line was slow.</summary>
    public int SlowDays => _slow.Count;

    /// <summary>Takes a hit; hits of a subscriber come in the order of time.</summary>
    public void Feed(in ChainHit hit)
    {
        if (hit.Rule == "t25-concentration")
            _slow.Add((hit.Subscriber, (int)hit.At.TotalDays));
        if (hit.Rule != "t28-fan-out" || hit.At < _blackUntil.GetValueOrDefault(hit.Subscriber))
            return;
        Blackouts++;
        _blackUntil[hit.Subscriber] = hit.At + TimeSpan.FromMinutes(Constants.BlackoutMinutes.Value);
    }
}
