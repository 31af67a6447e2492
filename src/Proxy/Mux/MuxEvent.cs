namespace Karez.Proxy.Mux;

/// <summary>What happened in a frame.</summary>
/// <param name="Kind">What.</param>
/// <param name="Session">To which session.</param>
/// <param name="Network">What that session carries.</param>
/// <param name="Destination">Where to (at a server) or where from (at a client); for TCP what it was opened
/// for.</param>
/// <param name="GlobalId">XUDP's id, at <see cref="MuxEventKind.Open"/>; 0 is none.</param>
/// <param name="WithError">At <see cref="MuxEventKind.Close"/>: the peer met an error.</param>
public readonly record struct MuxEvent(
    MuxEventKind Kind,
    ushort Session,
    MuxNetwork Network,
    Destination Destination,
    ulong GlobalId,
    bool WithError)
{
    /// <summary>At <see cref="MuxEventKind.Word"/>: which.</summary>
    public MuxWord Word { get; init; }

    /// <summary>As <see cref="MuxFrame.Value"/>.</summary>
    public uint Value { get; init; }
}
