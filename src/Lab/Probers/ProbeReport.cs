namespace Karez.Lab.Probers;

/// <summary>What probers found in a run: the written form of <c>probes.json</c>.</summary>
/// <param name="Findings">Every probe of every node.</param>
/// <param name="Timings">Timing comparisons.</param>
/// <param name="NotDone">What could not be done, and why.</param>
public sealed record ProbeReport(
    IReadOnlyList<ProbeFinding> Findings, IReadOnlyList<ProbeTiming> Timings, IReadOnlyList<string> NotDone)
{
    /// <summary>The file's name in a run's folder.</summary>
    public const string FileName = "probes.json";
}
