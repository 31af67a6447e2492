namespace Karez.Camouflage.Reality;

/// <summary>Why a hello is a stranger's. Counted, never told: every stranger meets the borrowed site.</summary>
public enum RealityFault
{
    /// <summary>It is ours.</summary>
    None,

    /// <summary>Not a TLS ClientHello, or one that no parser would accept.</summary>
    NotAHello,

    /// <summary>Larger than any browser's (see <see cref="RealityGate.MaxHello"/>).</summary>
    TooLarge,

    /// <summary>TLS 1.3 is not offered.</summary>
    NoTls13,

    /// <summary>Another server name than the borrowed site's.</summary>
    OtherName,

    /// <summary>No X25519 value to agree on a key with, or not the order that the strict rule asks for.</summary>
    NoKeyShare,

    /// <summary>The session id does not open under this node's key.</summary>
    NotSealedForUs,

    /// <summary>The client's stated version is below or above what this node accepts.</summary>
    Version,

    /// <summary>The short id belongs to nobody, or no longer.</summary>
    UnknownShortId,

    /// <summary>The time stamp is too far from this machine's clock.</summary>
    ClockOff,

    /// <summary>Stamped before this node started: it cannot know whether it is a copy.</summary>
    StampedBeforeStart,

    /// <summary>This very hello was let in before.</summary>
    Replayed,

    /// <summary>No room to remember another hello.</summary>
    MemoryFull,
}
