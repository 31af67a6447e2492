using Karez.Probes.Script;

namespace Karez.Probes.Suite;

/// <summary>What came of one comparison.</summary>
public enum Outcome
{
    /// <summary>Alike at the first try.</summary>
    Same,

    /// <summary>The servers themselves vary, and no more at the one door than at the other.</summary>
    Varies,

    /// <summary>A stranger can tell.</summary>
    Differs,

    /// <summary>The probe's own expectation does not hold at the bare target: the probe is wrong.</summary>
    Broken,
}

/// <summary>A comparison's outcome with what to say about it.</summary>
public sealed record Verdict(Probe Probe, Outcome Outcome, string Detail)
{
    /// <summary>True when the suite may pass.</summary>
    public bool IsGood => Outcome is Outcome.Same or Outcome.Varies;

    /// <inheritdoc/>
    public override string ToString() => Outcome switch
    {
        Outcome.Same => $"same     {Probe.Name}",
        Outcome.Varies => $"varies   {Probe.Name}: {Detail}",
        _ => $"{Outcome.ToString().ToUpperInvariant()}  {Probe.Name} ({Probe.Shows})\n    {Detail}",
    };
}
