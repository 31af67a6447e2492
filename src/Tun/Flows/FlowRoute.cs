namespace Karez.Tun.Flows;

/// <summary>Where a flow goes.</summary>
public enum FlowRoute
{
    /// <summary>Through the channel.</summary>
    Channel,

    /// <summary>From this machine, past the channel.</summary>
    Direct,

    /// <summary>Nowhere: TCP is reset, UDP answered with "port unreachable", a name does not exist.</summary>
    Refuse,
}
