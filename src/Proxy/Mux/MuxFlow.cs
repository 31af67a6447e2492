namespace Karez.Proxy.Mux;

/// <summary>What both sides of a stream do alike.</summary>
internal static class MuxFlow
{
    /// <summary>True if data of this length is sent at all.</summary>
    public static bool IsSendable(MuxNetwork network, int length) =>
        length >= 1 && length <= (network == MuxNetwork.Udp ? MuxWire.MaxDatagram : MuxWire.MaxData);

    /// <summary>Writes the end of a session.</summary>
    public static int WriteEnd(ushort session, bool withError, Span<byte> destination, byte code = 0) =>
        MuxWire.WriteHeader(
            new MuxFrame(session, MuxStatus.End, HasData: false, withError) { Value = code }, 0, destination);

    /// <summary>Says something of a session.</summary>
    public static int WriteWord(ushort session, MuxWord word, uint value, Span<byte> destination) =>
        MuxWire.WriteHeader(
            new MuxFrame(session, MuxStatus.KeepAlive, HasData: false) { Word = word, Value = value }, 0, destination);

    /// <summary>What a KeepAlive of an open session means: nothing, but for a word of ours about TCP.</summary>
    public static MuxEvent Word(in MuxFrame frame, MuxNetwork network, in Destination destination) =>
        frame.Word == MuxWord.None || network != MuxNetwork.Tcp
            ? default
            : new MuxEvent(MuxEventKind.Word, frame.Session, network, destination, 0, false)
            {
                Word = frame.Word,
                Value = frame.Value,
            };

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
