using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;

namespace Karez.Crypto;

/// <summary>ML-DSA-65 signatures: pure, empty context, deterministic (FIPS 204).</summary>
public static class MlDsa65
{
    /// <summary>Length of the private seed, in octets.</summary>
    public const int SeedSize = 32;

    /// <summary>Length of the public key, in octets.</summary>
    public const int PublicKeySize = 1952;

    /// <summary>Length of a signature, in octets.</summary>
    public const int SignatureSize = 3309;

    /// <summary>Computes the public key (1,952 octets) of a seed (32 octets).</summary>
    public static void DerivePublicKey(ReadOnlySpan<byte> seed, Span<byte> publicKey) =>
        PrivateKey(seed).GetPublicKeyEncoded().CopyTo(publicKey);

    /// <summary>Signs a message; the same seed and message give the same signature.</summary>
    public static void Sign(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> message, Span<byte> signature)
    {
        var signer = new MLDsaSigner(MLDsaParameters.ml_dsa_65, deterministic: true);
        signer.Init(forSigning: true, PrivateKey(seed));
        signer.BlockUpdate(message.ToArray(), 0, message.Length);
        signer.GenerateSignature().CopyTo(signature);
    }

    /// <summary>Verifies a signature; false for wrong lengths.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != PublicKeySize || signature.Length != SignatureSize)
            return false;
        var verifier = new MLDsaSigner(MLDsaParameters.ml_dsa_65, deterministic: true);
        verifier.Init(
            forSigning: false, MLDsaPublicKeyParameters.FromEncoding(MLDsaParameters.ml_dsa_65, publicKey.ToArray()));
        verifier.BlockUpdate(message.ToArray(), 0, message.Length);
        return verifier.VerifySignature(signature.ToArray());
    }

    private static MLDsaPrivateKeyParameters PrivateKey(ReadOnlySpan<byte> seed) =>
        MLDsaPrivateKeyParameters.FromSeed(MLDsaParameters.ml_dsa_65, seed.ToArray());
}
