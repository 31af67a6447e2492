using System.Security.Cryptography;
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
        OctetLength.Require(publicKey, PublicKeySize);
        Expand(seed).GetPublicKeyEncoded().CopyTo(publicKey);
    }

    /// <summary>Signs a message, always with the same signature (the deterministic variant).</summary>
    /// <exception cref="ArgumentException">The seed or the signature does not have its size.</exception>
    public static void Sign(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> message, Span<byte> signature)
    {
        OctetLength.Require(signature, SignatureSize);
        var signer = new MLDsaSigner(MLDsaParameters.ml_dsa_65, deterministic: true);
        signer.Init(forSigning: true, Expand(seed));
        signer.BlockUpdate(message);
        signer.GenerateSignature().CopyTo(signature);
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

    private static MLDsaPrivateKeyParameters Expand(ReadOnlySpan<byte> seed)
    {
        OctetLength.Require(seed, SeedSize);
        var copy = seed.ToArray();
        var key = MLDsaPrivateKeyParameters.FromSeed(MLDsaParameters.ml_dsa_65, copy);
        CryptographicOperations.ZeroMemory(copy);
        return key;
    }
}
