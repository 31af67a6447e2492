using Karez.Proxy;

namespace Karez.Client;

/// <summary>Why the node could not reach a destination.</summary>
public enum SiteFault
{
    /// <summary>Anything else.</summary>
    Other,

    /// <summary>The node lets nobody reach it.</summary>
    Forbidden,

    /// <summary>The node has no way to its network.</summary>
    NetworkUnreachable,

    /// <summary>There is no such name, or nobody at its address.</summary>
    HostUnreachable,

    /// <summary>It refused.</summary>
    Refused,

    /// <summary>It does not answer.</summary>
    TimedOut,
}

/// <summary>From what the node said.</summary>
internal static class SiteFaults
{
    public static SiteFault Of(FlowFailure failure) => failure switch
    {
        FlowFailure.Forbidden => SiteFault.Forbidden,
        FlowFailure.NetworkUnreachable => SiteFault.NetworkUnreachable,
        FlowFailure.HostUnreachable => SiteFault.HostUnreachable,
        FlowFailure.Refused => SiteFault.Refused,
        FlowFailure.TimedOut => SiteFault.TimedOut,
        _ => SiteFault.Other,
    };
}
