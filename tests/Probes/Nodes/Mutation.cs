namespace Karez.Probes.Nodes;

/// <summary>Faults built in on purpose, to show that the suite finds them.</summary>
public enum Mutation
{
    /// <summary>As it should be.</summary>
    None,

    /// <summary>A read that fills the buffer loses its last octet.</summary>
    BufferOneShort,

    /// <summary>A hello whose seal does not open is closed at once instead of being forwarded.</summary>
    ClosesOnBadTag,

    /// <summary>What does not begin with a handshake record is closed at once.</summary>
    ClosesOnBadFirstOctet,

    /// <summary>The end of one direction is not carried across.</summary>
    KeepsHalfCloseToItself,

    /// <summary>A reset is carried across as an orderly end.</summary>
    ResetBecomesEnd,

    /// <summary>Octets of the target come 30 ms late.</summary>
    Late,
}
