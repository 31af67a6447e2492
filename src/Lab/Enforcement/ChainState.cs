namespace Karez.Lab.Enforcement;

/// <summary>Where a subscriber stands in the chain that follows a detection.</summary>
public enum ChainState
{
    /// <summary>Nothing is held against him.</summary>
    Clean,

    /// <summary>Hits were counted; they are forgotten by and by.</summary>
    Scored,

    /// <summary>The score was enough; somebody reviews it.</summary>
    Flagged,

    /// <summary>The police have the line on their list; the carrier is told.</summary>
    Listed,

    /// <summary>The message was sent; two hours are left.</summary>
    Noticed,

    /// <summary>The line is cut.</summary>
    Suspended,

    /// <summary>He stands in the station's queue.</summary>
    Queueing,

    /// <summary>He was heard, and the telephone inspected; the line stays cut for three days.</summary>
    Heard,

    /// <summary>The line is open again, and watched.</summary>
    Watched,
}
