namespace Karez.Tun.Flows;

/// <summary>Of which kind a flow is.</summary>
public enum FlowTransport
{
    /// <summary>TCP.</summary>
    Tcp,

    /// <summary>UDP.</summary>
    Udp,
}
