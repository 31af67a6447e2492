using Curve = Org.BouncyCastle.Math.EC.Rfc8032.Ed25519;

namespace Karez.Crypto;

/// <summary>Ed25519 signatures (RFC 8032 section 5.1).</summary>
public static class Ed25519
{
    /// <summary>Length of the private key (seed), in octets.</summary>
    public const int SeedSize = 32;

    /// <summary>Length of the public key, in octets.</summary>
    public const int PublicKeySize = 32;

    /// <summary>Length of a signature, in octets.</summary>
    public const int SignatureSize = 64;

    /// <summary>Computes the public key (32 octets) of a seed (32 octets).</summary>
    public static void DerivePublicKey(ReadOnlySpan<byte> seed, Span<byte> publicKey) =>
        Curve.GeneratePublicKey(seed, publicKey);

    /// <summary>Signs a message.</summary>
    /// <param name="seed">32 octets.</param>
    /// <param name="message">Any length.</param>
    /// <param name="signature">Receives 64 octets.</param>
    public static void Sign(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> message, Span<byte> signature)
    {
        var octets = new byte[SignatureSize];
        Curve.Sign(seed.ToArray(), 0, message.ToArray(), 0, message.Length, octets, 0);
        octets.CopyTo(signature);
    }

    /// <summary>Verifies a signature; false for wrong lengths and for keys that are no point.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        publicKey.Length == PublicKeySize
        && signature.Length == SignatureSize
        && Curve.Verify(signature.ToArray(), 0, publicKey.ToArray(), 0, message.ToArray(), 0, message.Length);
}
