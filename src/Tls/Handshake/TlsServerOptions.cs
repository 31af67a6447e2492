using Karez.Crypto;
using Karez.Tls.Certificates;
using Karez.Tls.Keys;
using Karez.Wire;

namespace Karez.Tls.Handshake;

/// <summary>What a server has and wants; shared by its connections, never changed.</summary>
public sealed record TlsServerOptions
{
    /// <summary>The chain in DER, leaf first.</summary>
    public required IReadOnlyList<ReadOnlyMemory<byte>> CertificateChain { get; init; }

    /// <summary>The leaf's private half.</summary>
    public required ISigner Signer { get; init; }

    /// <summary>An OCSP response for the leaf; empty for none.</summary>
    public ReadOnlyMemory<byte> OcspStaple { get; init; }

    /// <summary>Application protocols, most wanted first; empty ignores the client's.</summary>
    public IReadOnlyList<string> Alpn { get; init; } = [];

    /// <summary>Suites, most wanted first.</summary>
    public IReadOnlyList<CipherSuite> CipherSuites { get; init; } =
        [CipherSuite.Aes128GcmSha256, CipherSuite.Aes256GcmSha384, CipherSuite.ChaCha20Poly1305Sha256];

    /// <summary>Groups, most wanted first; one with a share goes before one that costs a round trip.</summary>
    public IReadOnlyList<NamedGroup> Groups { get; init; } =
        [NamedGroup.X25519MLKEM768, NamedGroup.X25519, NamedGroup.Secp256r1, NamedGroup.Secp384r1];

    /// <summary>Whether every client is asked for a second hello, with a cookie.</summary>
    public bool ForceRetry { get; init; }

    /// <summary>The key that seals tickets, 32 octets; null gives none and takes none. Borrowed.</summary>
    public Secret? TicketKey { get; init; }

    /// <summary>How many tickets a handshake gives.</summary>
    public int TicketCount { get; init; } = 2;

    /// <summary>How long a ticket may be used; at most seven days.</summary>
    public TimeSpan TicketLifetime { get; init; } = TimeSpan.FromHours(2);

    /// <summary>
    /// Octets of early data that are skipped when a client sends some on a ticket that is not ours (our choice; no
    /// ticket of ours allows any).
    /// </summary>
    public int EarlyDataToSkip { get; init; } = 64 * 1024;

    /// <summary>Whether a scheme is used that the client did not offer, as REALITY's servers do; for tests.</summary>
    internal bool SignUnoffered { get; init; }
}
