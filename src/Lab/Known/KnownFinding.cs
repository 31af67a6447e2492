namespace Karez.Lab.Known;

/// <summary>One line of the check against lab/known.json.</summary>
/// <param name="Detector">Which detector.</param>
/// <param name="Kind">What is the matter.</param>
/// <param name="What">The figures, one line.</param>
public sealed record KnownFinding(string Detector, KnownKind Kind, string What)
{
    /// <summary>Whether it makes the run fail.</summary>
    public bool Fails => Kind is KnownKind.New or KnownKind.Gone;
}
