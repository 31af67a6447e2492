namespace Karez.Proxy;

/// <summary>Why a flow that a local program asked for did not come about.</summary>
public enum FlowFailure
{
    /// <summary>Anything else.</summary>
    General,

    /// <summary>Not allowed by a rule.</summary>
    Forbidden,

    /// <summary>No route to the network.</summary>
    NetworkUnreachable,

    /// <summary>The host does not answer, or its name does not resolve.</summary>
    HostUnreachable,

    /// <summary>The host refused.</summary>
    Refused,

    /// <summary>Nothing came back in time.</summary>
    TimedOut,
}
