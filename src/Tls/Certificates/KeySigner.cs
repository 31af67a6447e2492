using System.Security.Cryptography;
using Karez.Tls.Messages;
using Karez.Wire;

namespace Karez.Tls.Certificates;

/// <summary>Signers over keys in memory. The keys are borrowed: whoever made them disposes them.</summary>
public static class KeySigner
{
    /// <summary>Signs with an ECDSA key over P-256, P-384 or P-521.</summary>
    public static ISigner Ecdsa(ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var scheme = key.KeySize switch
        {
            256 => SignatureScheme.EcdsaSecp256r1Sha256,
            384 => SignatureScheme.EcdsaSecp384r1Sha384,
            521 => SignatureScheme.EcdsaSecp521r1Sha512,
            _ => throw new ArgumentException("Not one of the three NIST curves.", nameof(key)),
        };
        return new EcdsaSigner(key, scheme);
    }

    /// <summary>Signs with an RSA key, PSS.</summary>
    public static ISigner Rsa(RSA key) => new RsaSigner(key);

    /// <summary>Signs with an Ed25519 key.</summary>
    public static ISigner Ed25519(Secret seed) => new SeedSigner(SignatureScheme.Ed25519, seed);

    /// <summary>Signs with an ML-DSA-65 key.</summary>
    public static ISigner MlDsa65(Secret seed) => new SeedSigner(SignatureScheme.MlDsa65, seed);

    private sealed class EcdsaSigner(ECDsa key, SignatureScheme scheme) : ISigner
    {
        public IReadOnlyList<SignatureScheme> Schemes { get; } = [scheme];

        public bool TrySign(
            SignatureScheme scheme, ReadOnlySpan<byte> content, Span<byte> signature, out int written) =>
            key.TrySignData(
                content, signature, SignatureVerifier.Hash(scheme), DSASignatureFormat.Rfc3279DerSequence, out written);
    }

    private sealed class RsaSigner(RSA key) : ISigner
    {
        public IReadOnlyList<SignatureScheme> Schemes { get; } =
            [SignatureScheme.RsaPssRsaeSha256, SignatureScheme.RsaPssRsaeSha384, SignatureScheme.RsaPssRsaeSha512];

        public bool TrySign(
            SignatureScheme scheme, ReadOnlySpan<byte> content, Span<byte> signature, out int written) =>
            key.TrySignData(
                content, signature, SignatureVerifier.Hash(scheme), RSASignaturePadding.Pss, out written);
    }

    private sealed class SeedSigner(SignatureScheme scheme, Secret seed) : ISigner
    {
        public IReadOnlyList<SignatureScheme> Schemes { get; } = [scheme];

        public bool TrySign(
            SignatureScheme scheme, ReadOnlySpan<byte> content, Span<byte> signature, out int written)
        {
            written = scheme == SignatureScheme.Ed25519
                ? Karez.Crypto.Ed25519.SignatureSize
                : Karez.Crypto.MlDsa65.SignatureSize;
            if (scheme == SignatureScheme.Ed25519)
                Karez.Crypto.Ed25519.Sign(seed.Octets, content, signature[..written]);
            else
                Karez.Crypto.MlDsa65.Sign(seed.Octets, content, signature[..written]);
            return true;
        }
    }
}
