namespace Karez.Lab.Detectors;

/// <summary>
/// Where a detector's constant comes from; the weakest of a detector's constants is the detector's own.
/// </summary>
public enum ConstantTag
{
    /// <summary>Published: a paper, a repository, an issue's thread, checked there.</summary>
    Published,

    /// <summary>Published, too, but written down from memory.</summary>
    FromMemory,

    /// <summary>Assumed for this lab.</summary>
    Assumed,
}
