namespace Karez.Observe.Flows;

/// <summary>What one direction of a flow has sent.</summary>
public sealed class FlowTotals
{
    /// <summary>IP packets.</summary>
    public long Packets { get; internal set; }

    /// <summary>Octets of IP packets.</summary>
    public long Octets { get; internal set; }

    /// <summary>Octets that the transport carried, repetitions included.</summary>
    public long Payload { get; internal set; }

    /// <summary>Packets that carried something.</summary>
    public long DataPackets { get; internal set; }
}
