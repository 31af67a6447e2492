using Curve = Org.BouncyCastle.Math.EC.Rfc8032.Ed25519;

namespace Karez.Crypto;

/// <summary>Ed25519 signatures (RFC 8032 section 5.1).</summary>
public static class Ed25519
{
    /// <summary>Octets of the seed, which RFC 8032 calls the private key.</summary>
    public const int SeedSize = 32;

    /// <summary>Octets of a public key.</summary>
    public const int PublicKeySize = 32;

    /// <summary>Octets of a signature.</summary>
    public const int SignatureSize = 64;

    /// <summary>Computes the public key of a seed.</summary>
    /// <exception cref="ArgumentException">A block does not have its size.</exception>
    public static void DerivePublicKey(ReadOnlySpan<byte> seed, Span<byte> publicKey)
    {
        OctetLength.Require(seed, SeedSize);
        OctetLength.Require(publicKey, PublicKeySize);
        Curve.GeneratePublicKey(seed, publicKey);
    }

    /// <summary>Signs a message once; who signs often keeps an <see cref="Ed25519PrivateKey"/>.</summary>
    /// <exception cref="ArgumentException">The seed or the signature does not have its size.</exception>
    public static void Sign(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> message, Span<byte> signature)
    {
        OctetLength.Require(seed, SeedSize);
        OctetLength.Require(signature, SignatureSize);
        Curve.Sign(seed, message, signature);
    }

    /// <summary>Says whether the signature holds; a key or signature of another length never does.</summary>
    public static bool Verify(
        ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        publicKey.Length == PublicKeySize && signature.Length == SignatureSize
        && Curve.Verify(signature, publicKey, message);
}
