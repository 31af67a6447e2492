using System.Diagnostics;
using System.Security.Cryptography;
using Karez.Crypto;

namespace Karez.Tls.Keys;

/// <summary>What a cipher suite is made of.</summary>
public static class CipherSuiteTraits
{
    /// <summary>The longest hash of any suite (SHA-384), in octets.</summary>
    public const int MaxHashLength = 48;

    /// <summary>The longest key of any suite, in octets.</summary>
    public const int MaxKeyLength = 32;

    /// <summary>Whether the value is a suite that this stack speaks.</summary>
    public static bool IsKnown(this CipherSuite suite) =>
        suite is CipherSuite.Aes128GcmSha256 or CipherSuite.Aes256GcmSha384 or CipherSuite.ChaCha20Poly1305Sha256;

    /// <summary>The hash of the transcript and of HKDF.</summary>
    public static HashAlgorithmName Hash(this CipherSuite suite) =>
        suite == CipherSuite.Aes256GcmSha384 ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256;

    /// <summary>Length of <see cref="Hash"/> in octets.</summary>
    public static int HashLength(this CipherSuite suite) => suite == CipherSuite.Aes256GcmSha384 ? 48 : 32;

    /// <summary>Length of the record key in octets.</summary>
    public static int KeyLength(this CipherSuite suite) => suite == CipherSuite.Aes128GcmSha256 ? 16 : 32;

    /// <summary>The cipher of the records.</summary>
    public static AeadAlgorithm Aead(this CipherSuite suite) => suite switch
    {
        CipherSuite.Aes128GcmSha256 => AeadAlgorithm.Aes128Gcm,
        CipherSuite.Aes256GcmSha384 => AeadAlgorithm.Aes256Gcm,
        CipherSuite.ChaCha20Poly1305Sha256 => AeadAlgorithm.ChaCha20Poly1305,
        _ => throw new UnreachableException("An unknown suite is refused when it is read."),
    };
}
