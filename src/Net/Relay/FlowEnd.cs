namespace Karez.Net.Relay;

/// <summary>How a flow ended, and on whose side.</summary>
public enum FlowEnd
{
    /// <summary>Both sides finished.</summary>
    Finished,

    /// <summary>The plain side broke off.</summary>
    PlainBroke,

    /// <summary>The tunnel's side broke off.</summary>
    TunnelBroke,

    /// <summary>The node said that it could not reach the destination.</summary>
    Refused,

    /// <summary>Nothing moved for too long.</summary>
    Idle,

    /// <summary>The owner ended it: revocation, drain.</summary>
    Aborted,
}
