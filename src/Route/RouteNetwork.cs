namespace Karez.Route;

/// <summary>What a flow is carried by.</summary>
public enum RouteNetwork
{
    /// <summary>Either: in a rule both, in a question not known yet.</summary>
    Any,

    /// <summary>TCP.</summary>
    Tcp,

    /// <summary>UDP.</summary>
    Udp,
}
