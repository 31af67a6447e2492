namespace Karez.Ip.Nat;

/// <summary>What becomes of a TCP packet.</summary>
public enum NatVerdict
{
    /// <summary>It was rewritten: give it back to the device.</summary>
    Rewritten,

    /// <summary>It begins a flow that is not known: decide, then <see cref="TcpNat.TryBegin"/>.</summary>
    Begins,

    /// <summary>It belongs to no flow: answer with RST.</summary>
    Unknown,

    /// <summary>It cannot be meant: drop it.</summary>
    Dropped,
}
