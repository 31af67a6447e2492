namespace Karez.Camouflage.Reality;

/// <summary>What the gate knows of a connection so far.</summary>
public enum GateVerdict
{
    /// <summary>The hello is not complete; go on forwarding.</summary>
    NeedInput,

    /// <summary>A stranger: forward everything, for good.</summary>
    Stranger,

    /// <summary>One of ours: nothing more of this connection goes to the target.</summary>
    Ours,
}
