namespace Karez.Lab.Probers;

/// <summary>How long node and cover take for the first octet of an answer to the same probe.</summary>
/// <param name="Tool">Whose node.</param>
/// <param name="Probe">What was sent.</param>
/// <param name="Visits">Connections to each.</param>
/// <param name="NodeMs">The node's median, milliseconds; null when it mostly did not answer.</param>
/// <param name="CoverMs">The cover's.</param>
/// <param name="P">Mann-Whitney, two-sided, normal approximation: how likely such a difference is by chance.</param>
public sealed record ProbeTiming(
    string Tool, string Probe, int Visits, double? NodeMs = null, double? CoverMs = null, double P = 1);
