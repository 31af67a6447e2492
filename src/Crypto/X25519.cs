using Curve = Org.BouncyCastle.Math.EC.Rfc7748.X25519;

namespace Karez.Crypto;

/// <summary>The X25519 function (RFC 7748 section 5): OpenSSL's where it is, and BouncyCastle's elsewhere.</summary>
public static class X25519
{
    /// <summary>Octets of a private key, a public key and a shared secret.</summary>
    public const int KeySize = 32;

    /// <summary>Computes the public key of a private key.</summary>
    /// <param name="privateKey">32 octets; they are clamped here.</param>
    /// <param name="publicKey">Room for exactly 32 octets.</param>
    /// <exception cref="ArgumentException">A block does not have 32 octets.</exception>
    public static void DerivePublicKey(ReadOnlySpan<byte> privateKey, Span<byte> publicKey)
    {
        OctetLength.Require(privateKey, KeySize);
        OctetLength.Require(publicKey, KeySize);
        if (Libcrypto.HasX25519)
            Libcrypto.DerivePublicKey(privateKey, publicKey);
        else
            Curve.GeneratePublicKey(privateKey, publicKey);
    }

    /// <summary>Agrees on a secret with a peer.</summary>
    /// <param name="privateKey">32 octets of our own.</param>
    /// <param name="peerPublicKey">What the peer sent, of any length.</param>
    /// <param name="secret">Room for exactly 32 octets; without meaning when the result is false.</param>
    /// <returns>False when the peer's key has another length or gives the all-zero secret, which a point of small
    /// order does (RFC 7748 section 6.1, RFC 8446 section 7.4.2).</returns>
    /// <exception cref="ArgumentException">The private key or the secret does not have 32 octets.</exception>
    public static bool TryAgree(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> peerPublicKey, Span<byte> secret)
    {
        OctetLength.Require(privateKey, KeySize);
        OctetLength.Require(secret, KeySize);
        if (peerPublicKey.Length != KeySize)
            return false;
        return Libcrypto.HasX25519
            ? Libcrypto.TryAgree(privateKey, peerPublicKey, secret)
            : Curve.CalculateAgreement(privateKey, peerPublicKey, secret);
    }
}
