using Karez.Lab.Detectors;

namespace Karez.Lab.Findings;

/// <summary>What a report says about a detector.</summary>
/// <param name="Name">Its name.</param>
/// <param name="About">What it looks for.</param>
/// <param name="Tag">How sure its weakest constant is.</param>
/// <param name="Source">Where its constants stand.</param>
/// <param name="FalsePositives">Whom else it hits.</param>
/// <param name="Fix">What would make it miss.</param>
public sealed record DetectorNote(
    string Name, string About, ConstantTag Tag, string Source, string FalsePositives, string Fix)
{
    /// <summary>The note of a detector.</summary>
    public static DetectorNote Of(DetectorInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        return new DetectorNote(info.Name, info.About, info.Tag, info.Source, info.FalsePositives, info.Fix);
    }
}
