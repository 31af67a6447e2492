namespace Karez.Tls.Messages;

/// <summary>Signature schemes (RFC 8446 section 4.2.3). The value is the one on the wire.</summary>
public enum SignatureScheme : ushort
{
    /// <summary>No scheme.</summary>
    None = 0,

    /// <summary>ecdsa_secp256r1_sha256.</summary>
    EcdsaSecp256r1Sha256 = 0x0403,

    /// <summary>ecdsa_secp384r1_sha384.</summary>
    EcdsaSecp384r1Sha384 = 0x0503,

    /// <summary>ecdsa_secp521r1_sha512.</summary>
    EcdsaSecp521r1Sha512 = 0x0603,

    /// <summary>rsa_pss_rsae_sha256.</summary>
    RsaPssRsaeSha256 = 0x0804,

    /// <summary>rsa_pss_rsae_sha384.</summary>
    RsaPssRsaeSha384 = 0x0805,

    /// <summary>rsa_pss_rsae_sha512.</summary>
    RsaPssRsaeSha512 = 0x0806,

    /// <summary>ed25519.</summary>
    Ed25519 = 0x0807,

    /// <summary>mldsa65 (draft-ietf-tls-mldsa).</summary>
    MlDsa65 = 0x0905,
}
