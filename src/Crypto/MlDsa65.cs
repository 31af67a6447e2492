using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;

namespace Karez.Crypto;

/// <summary>ML-DSA-65 signatures (FIPS 204): pure, with the empty context.</summary>
public static class MlDsa65
{
    /// <summary>Octets of a private key's seed, which FIPS 204 calls xi.</summary>
    public const int SeedSize = 32;

    /// <summary>Octets of a public key.</summary>
    public const int PublicKeySize = 1952;

    /// <summary>Octets of a signature.</summary>
    public const int SignatureSize = 3309;

    /// <summary>Computes the public key of a seed.</summary>
    /// <exception cref="ArgumentException">A block does not have its size.</exception>
    public static void DerivePublicKey(ReadOnlySpan<byte> seed, Span<byte> publicKey)
    {
        using var key = MlDsa65PrivateKey.FromSeed(seed);
        key.WritePublicKey(publicKey);
    }

    /// <summary>Signs a message once; who signs often keeps an <see cref="MlDsa65PrivateKey"/>.</summary>
    /// <exception cref="ArgumentException">The seed or the signature does not have its size.</exception>
    public static void Sign(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> message, Span<byte> signature)
    {
        using var key = MlDsa65PrivateKey.FromSeed(seed);
        key.Sign(message, signature);
    }

    /// <summary>Says whether the signature holds; a key or signature of another length never does.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != PublicKeySize || signature.Length != SignatureSize)
            return false;
        var verifier = new MLDsaSigner(MLDsaParameters.ml_dsa_65, deterministic: true);
        verifier.Init(
            forSigning: false, MLDsaPublicKeyParameters.FromEncoding(MLDsaParameters.ml_dsa_65, publicKey.ToArray()));
        verifier.BlockUpdate(message);
        return verifier.VerifySignature(signature.ToArray());
    }
}
