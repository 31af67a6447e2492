namespace Karez.Tls.Certificates;

/// <summary>The kind of public key in a certificate.</summary>
public enum CertificateKeyKind
{
    /// <summary>One that is not used here.</summary>
    Unknown,

    /// <summary>rsaEncryption (RFC 3279).</summary>
    Rsa,

    /// <summary>ECDSA over P-256.</summary>
    EcdsaP256,

    /// <summary>ECDSA over P-384.</summary>
    EcdsaP384,

    /// <summary>ECDSA over P-521.</summary>
    EcdsaP521,

    /// <summary>Ed25519 (RFC 8410).</summary>
    Ed25519,

    /// <summary>ML-DSA-65 (RFC 9881).</summary>
    MlDsa65,
}
