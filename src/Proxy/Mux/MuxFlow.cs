namespace Karez.Proxy.Mux;

/// <summary>What both sides of a stream do alike.</summary>
internal static class MuxFlow
{
    /// <summary>True if data of this length is sent at all.</summary>
    public static bool IsSendable(MuxNetwork network, int length) =>
        length >= 1 && length <= (network == MuxNetwork.Udp ? MuxWire.MaxDatagram : MuxWire.MaxData);

    /// <summary>Writes the end of a session.</summary>
    public static int WriteEnd(ushort session, bool withError, Span<byte> destination) =>
        MuxWire.WriteHeader(new MuxFrame(session, MuxStatus.End, HasData: false, withError), 0, destination);

    /// <summary>What a Keep of an open session means; nothing without data or with an address that cannot be.</summary>
    public static MuxEvent Data(in MuxFrame frame, MuxNetwork network, in Destination destination)
    {
        var isAddressed = network == MuxNetwork.Udp && frame.Network == MuxNetwork.Udp;
        if (!frame.HasData || (isAddressed && frame.Destination.IsNone))
            return default;
        var address = isAddressed ? frame.Destination : destination;
        return new MuxEvent(MuxEventKind.Data, frame.Session, network, address, 0, false);
    }
}
