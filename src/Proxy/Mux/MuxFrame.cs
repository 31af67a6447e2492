namespace Karez.Proxy.Mux;

/// <summary>A frame's meta part.</summary>
/// <param name="Session">The session's number.</param>
/// <param name="Status">What it does.</param>
/// <param name="HasData">True if data follows.</param>
/// <param name="HasError">True if the session ends with an error.</param>
/// <param name="Network">TCP or UDP if an address is present, else none.</param>
/// <param name="Destination">The address; none if there is none, or if it is one that cannot be.</param>
/// <param name="GlobalId">XUDP's id; 0 is none.</param>
public readonly record struct MuxFrame(
    ushort Session,
    MuxStatus Status,
    bool HasData,
    bool HasError = false,
    MuxNetwork Network = MuxNetwork.None,
    Destination Destination = default,
    ulong GlobalId = 0)
{
    /// <summary>At <see cref="MuxStatus.KeepAlive"/> without data: what is said of the session.</summary>
    public MuxWord Word { get; init; }

    /// <summary>
    /// Octets, at <see cref="MuxWord.Credit"/>; at an end with an error why, as <see cref="Vless.VlessOutcome"/>, or 0.
    /// </summary>
    public uint Value { get; init; }
}
