namespace Karez.Crypto;

/// <summary>The authenticated ciphers of TLS 1.3's common suites.</summary>
public enum AeadAlgorithm
{
    /// <summary>AES-128 in Galois/Counter Mode, key of 16 octets.</summary>
    Aes128Gcm,

    /// <summary>AES-256 in Galois/Counter Mode, key of 32 octets.</summary>
    Aes256Gcm,

    /// <summary>ChaCha20 with Poly1305 (RFC 8439), key of 32 octets.</summary>
    ChaCha20Poly1305,
}
