using Curve = Org.BouncyCastle.Math.EC.Rfc7748.X25519;

namespace Karez.Crypto;

/// <summary>X25519 key agreement (RFC 7748 section 5).</summary>
public static class X25519
{
    /// <summary>Length of private keys, public keys and secrets, in octets.</summary>
    public const int KeySize = 32;

    /// <summary>Computes the public key.</summary>
    /// <param name="privateKey">32 octets; clamped by the function itself.</param>
    /// <param name="publicKey">Receives 32 octets.</param>
    public static void DerivePublicKey(ReadOnlySpan<byte> privateKey, Span<byte> publicKey) =>
        Curve.GeneratePublicKey(Exactly(privateKey), publicKey);

    /// <summary>Agrees on a secret; false when the peer's value is of low order (all-zero result).</summary>
    /// <param name="privateKey">32 octets.</param>
    /// <param name="peerPublicKey">32 octets; any other length is refused with false.</param>
    /// <param name="secret">Receives 32 octets.</param>
    public static bool TryAgree(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> peerPublicKey, Span<byte> secret) =>
        peerPublicKey.Length == KeySize && Curve.CalculateAgreement(Exactly(privateKey), peerPublicKey, secret);

    private static ReadOnlySpan<byte> Exactly(ReadOnlySpan<byte> key) =>
        key.Length == KeySize ? key : throw new ArgumentException("An X25519 key has 32 octets.", nameof(key));
}
