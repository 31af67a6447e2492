namespace Karez.Probes.Suite;

/// <summary>All that a run against one target found.</summary>
public sealed record SuiteReport(
    string Target, IReadOnlyList<Verdict> Verdicts, IReadOnlyList<TimingVerdict> Timings, TimeSpan Took)
{
    /// <summary>True when no stranger could tell.</summary>
    public bool IsGood => Verdicts.All(v => v.IsGood) && Timings.All(t => t.IsGood);

    /// <summary>The lines of what differs.</summary>
    public string Differences => string.Join(
        '\n',
        Verdicts.Where(v => !v.IsGood).Select(v => $"{v}")
            .Concat(Timings.Where(t => !t.IsGood).Select(t => $"{t}")));

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Target}: {Verdicts.Count} probes, {Verdicts.Count(v => v.Outcome == Outcome.Varies)} vary by themselves, "
        + $"{Verdicts.Count(v => !v.IsGood)} differ; {Timings.Count} timed, {Timings.Count(t => !t.IsGood)} differ; "
        + $"{Took.TotalSeconds:f0} s\n"
        + string.Join('\n', Verdicts.OrderBy(v => v.Probe.Name, StringComparer.Ordinal).Select(v => $"{v}")
            .Concat(Timings.Select(t => $"{t}")));
}
