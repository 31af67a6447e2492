namespace Karez.Lab.Judging;

/// <summary>What one detector found in a flow.</summary>
/// <param name="Detector">Its name.</param>
/// <param name="Technique">The technique's number in the catalogue.</param>
/// <param name="What">What it saw.</param>
/// <param name="Tag">How sure its constants are.</param>
/// <param name="Source">Where they stand.</param>
/// <param name="FalsePositives">Whom else it hits.</param>
/// <param name="Fix">What would make it miss, as far as that is known.</param>
public sealed record JudgedEvidence(
    string Detector, string Technique, string What, string Tag, string Source, string FalsePositives, string Fix);
