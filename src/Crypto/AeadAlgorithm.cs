namespace Karez.Crypto;

/// <summary>The ciphers of TLS 1.3's record layer.</summary>
public enum AeadAlgorithm
{
    /// <summary>AES-128-GCM, 16-octet key.</summary>
    Aes128Gcm,

    /// <summary>AES-256-GCM, 32-octet key.</summary>
    Aes256Gcm,

    /// <summary>ChaCha20-Poly1305, 32-octet key (RFC 8439).</summary>
    ChaCha20Poly1305,
}
