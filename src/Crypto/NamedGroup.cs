namespace Karez.Crypto;

/// <summary>Key agreement groups, by their TLS numbers (RFC 8446 section 4.2.7).</summary>
public enum NamedGroup : ushort
{
    /// <summary>P-256.</summary>
    Secp256r1 = 0x0017,

    /// <summary>P-384.</summary>
    Secp384r1 = 0x0018,

    /// <summary>Curve25519 (RFC 7748).</summary>
    X25519 = 0x001D,

    /// <summary>ML-KEM-768 and X25519 side by side (draft-ietf-tls-ecdhe-mlkem).</summary>
    X25519MLKEM768 = 0x11EC,
}
