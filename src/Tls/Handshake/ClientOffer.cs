using Karez.Crypto;
using Karez.Tls.Certificates;

namespace Karez.Tls.Handshake;

/// <summary>A finished ClientHello and what belongs to it.</summary>
public sealed class ClientOffer
{
    /// <summary>
    /// The ClientHello message, four-octet header included; sent as it is (plus the ticket, if there is one).
    /// </summary>
    public required byte[] Hello { get; init; }

    /// <summary>
    /// The private halves of the hello's key shares (GREASE shares have none). The machine disposes them.
    /// </summary>
    public required IReadOnlyList<KeyShare> KeyShares { get; init; }

    /// <summary>
    /// A ticket to resume with; pre_shared_key is then appended to the hello, which must offer psk_dhe_ke. Borrowed.
    /// </summary>
    public ResumptionTicket? Ticket { get; init; }

    /// <summary>
    /// Whether CertificateVerify may use Ed25519 although the hello does not offer it, as REALITY does.
    /// </summary>
    public bool AcceptEd25519 { get; init; }

    /// <summary>Decompresses certificates; brotli needs none.</summary>
    public ICertificateDecompressor? Decompressor { get; init; }
}
