namespace Karez.Lab.Router;

/// <summary>A flow: protocol and both ends, the same for either direction.</summary>
public readonly record struct FlowKey
{
    private readonly ulong _low;
    private readonly ulong _high;
    private readonly byte _protocol;

    /// <summary>The flow of a packet.</summary>
    public FlowKey(in Ipv4Packet packet)
    {
        var source = ((ulong)packet.Source << 16) | packet.SourcePort;
        var destination = ((ulong)packet.Destination << 16) | packet.DestinationPort;
        (_low, _high) = source < destination ? (source, destination) : (destination, source);
        _protocol = packet.Protocol;
    }
}
