using Karez.Crypto;
using Karez.Tls.Handshake;

namespace Karez.Camouflage.Browser;

/// <summary>What one hello is for.</summary>
public sealed class HelloRequest
{
    internal const int MaxName = 255;

    /// <summary>For server_name, ASCII, sent as it is; empty or an IP literal leaves the extension out.</summary>
    public required string ServerName { get; init; }

    /// <summary>
    /// Protocol names instead of the profile's; none of them h2 also leaves out what goes with h2, and no name at all
    /// leaves out the extension.
    /// </summary>
    public IReadOnlyList<string>? Alpn { get; init; }

    /// <summary>Key shares made before; what is missing is generated. The offer owns them.</summary>
    public IReadOnlyList<KeyShare> KeyShares { get; init; } = [];

    /// <summary>A ticket of an earlier session here; the TLS machine appends pre_shared_key for it.</summary>
    public ResumptionTicket? Ticket { get; init; }

    /// <summary>
    /// Length in octets of a ticket to invent when there is none, 0 for no ticket: well-formed, unknown to any server,
    /// which goes on without it (RFC 8446 section 4.2.11).
    /// </summary>
    public int InventedTicket { get; init; }
}
