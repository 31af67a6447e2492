namespace Karez.Lab.Detectors;

/// <summary>What a detector is.</summary>
/// <param name="Name">Its name in scenarios and reports, for example <c>t09-fet</c>.</param>
/// <param name="Technique">The technique's number in the catalogue, T01 to T33.</param>
/// <param name="About">What it looks for, one line.</param>
/// <param name="Fix">What would make it miss, as far as that is known.</param>
/// <param name="FalsePositives">Whom else it hits.</param>
/// <param name="Constants">What it judges by.</param>
public sealed record DetectorInfo(
    string Name,
    string Technique,
    string About,
    string Fix,
    string FalsePositives,
    IReadOnlyList<IConstant> Constants)
{
    /// <summary>The weakest tag among the constants.</summary>
    public ConstantTag Tag => Constants.Count == 0 ? ConstantTag.Published : Constants.Max(constant => constant.Tag);

    /// <summary>The sources, each once.</summary>
    public string Source => string.Join("; ", Constants.Select(constant => constant.Source).Distinct());
}
