namespace Karez.Route;

/// <summary>Which way a flow goes.</summary>
public enum RouteAction
{
    /// <summary>Through the channel.</summary>
    Channel,

    /// <summary>From this machine, past the channel.</summary>
    Direct,

    /// <summary>Nowhere.</summary>
    Refuse,
}
