using System.Security.Cryptography;
using Karez.Crypto;
using Karez.Tls.Messages;

namespace Karez.Tls.Certificates;

/// <summary>Checks CertificateVerify with a leaf certificate's key (RFC 8446 section 4.4.3).</summary>
public static class SignatureVerifier
{
    private const int MaxRsaModulusBits = 8192; // Our choice: the check is cubic in it, and the peer picks it.

    /// <summary>Checks a signature.</summary>
    /// <param name="scheme">The scheme that the peer names; must belong to the leaf's key.</param>
    /// <param name="leaf">The leaf certificate in DER.</param>
    /// <param name="content">What was signed.</param>
    /// <param name="signature">The signature.</param>
    /// <returns><see cref="TlsFault.None"/> when it verifies.</returns>
    public static TlsFault Verify(
        SignatureScheme scheme, ReadOnlySpan<byte> leaf, ReadOnlySpan<byte> content, ReadOnlySpan<byte> signature)
    {
        if (!CertificateView.TryParse(leaf, out var certificate))
            return TlsFault.MalformedCertificate;
        if (certificate.KeyKind == CertificateKeyKind.Unknown)
            return TlsFault.UnsupportedCertificateKey;
        if (KeyKind(scheme) != certificate.KeyKind)
            return TlsFault.WrongSignatureScheme;
        bool verified;
        try
        {
            verified = certificate.KeyKind switch
            {
                CertificateKeyKind.Rsa => VerifyRsa(scheme, certificate.SubjectPublicKeyInfo, content, signature),
                CertificateKeyKind.Ed25519 => certificate.PublicKey.Length == Ed25519.PublicKeySize
                    && signature.Length == Ed25519.SignatureSize
                    && Ed25519.Verify(certificate.PublicKey, content, signature),
                CertificateKeyKind.MlDsa65 => certificate.PublicKey.Length == MlDsa65.PublicKeySize
                    && signature.Length == MlDsa65.SignatureSize
                    && MlDsa65.Verify(certificate.PublicKey, content, signature),
                _ => VerifyEcdsa(scheme, certificate.SubjectPublicKeyInfo, content, signature),
            };
        }
        catch (CryptographicException)
        {
            // The framework offers no other way to learn that a key is not one (a point off its curve, say).
            return TlsFault.MalformedCertificate;
        }

        return verified ? TlsFault.None : TlsFault.BadSignature;
    }

    /// <summary>The kind of key that makes a scheme's signatures.</summary>
    public static CertificateKeyKind KeyKind(SignatureScheme scheme) => scheme switch
    {
        SignatureScheme.EcdsaSecp256r1Sha256 => CertificateKeyKind.EcdsaP256,
        SignatureScheme.EcdsaSecp384r1Sha384 => CertificateKeyKind.EcdsaP384,
        SignatureScheme.EcdsaSecp521r1Sha512 => CertificateKeyKind.EcdsaP521,
        SignatureScheme.RsaPssRsaeSha256 or SignatureScheme.RsaPssRsaeSha384 or SignatureScheme.RsaPssRsaeSha512
            => CertificateKeyKind.Rsa,
        SignatureScheme.Ed25519 => CertificateKeyKind.Ed25519,
        SignatureScheme.MlDsa65 => CertificateKeyKind.MlDsa65,
        _ => CertificateKeyKind.Unknown,
    };

    /// <summary>The hash of an ECDSA or RSA scheme.</summary>
    internal static HashAlgorithmName Hash(SignatureScheme scheme) => scheme switch
    {
        SignatureScheme.EcdsaSecp384r1Sha384 or SignatureScheme.RsaPssRsaeSha384 => HashAlgorithmName.SHA384,
        SignatureScheme.EcdsaSecp521r1Sha512 or SignatureScheme.RsaPssRsaeSha512 => HashAlgorithmName.SHA512,
        _ => HashAlgorithmName.SHA256,
    };

    private static bool VerifyRsa(
        SignatureScheme scheme, ReadOnlySpan<byte> spki, ReadOnlySpan<byte> content, ReadOnlySpan<byte> signature)
    {
        using var rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(spki, out _);
        return rsa.KeySize <= MaxRsaModulusBits
            && rsa.VerifyData(content, signature, Hash(scheme), RSASignaturePadding.Pss);
    }

    private static bool VerifyEcdsa(
        SignatureScheme scheme, ReadOnlySpan<byte> spki, ReadOnlySpan<byte> content, ReadOnlySpan<byte> signature)
    {
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportSubjectPublicKeyInfo(spki, out _);
        return ecdsa.VerifyData(content, signature, Hash(scheme), DSASignatureFormat.Rfc3279DerSequence);
    }
}
