using Karez.Lab.Statistics;

namespace Karez.Lab.Judging;

/// <summary>What judging a capture came to.</summary>
/// <param name="Capture">The file's name.</param>
/// <param name="Site">The name of the capture of the site; null for none.</param>
/// <param name="Flows">How many flows the capture has.</param>
/// <param name="Flagged">Those with evidence.</param>
/// <param name="Comparison">The flows against those of the site, by feature; null without such a capture.</param>
/// <param name="Notes">What this does not show.</param>
public sealed record Judgement(
    string Capture,
    string? Site,
    int Flows,
    IReadOnlyList<JudgedFlow> Flagged,
    FlowComparison? Comparison,
    IReadOnlyList<string> Notes);
