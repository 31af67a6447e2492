namespace Karez.Lab.Known;

/// <summary>What the check found about a detector.</summary>
public enum KnownKind
{
    /// <summary>Listed, and it still catches karez.</summary>
    AsListed,

    /// <summary>Not listed, and it catches karez more often than the browser.</summary>
    New,

    /// <summary>
    /// Listed, and it does not catch karez more often than the browser any more: the list must shrink.
    /// </summary>
    Gone,

    /// <summary>Too few units to say.</summary>
    Undecided,
}
