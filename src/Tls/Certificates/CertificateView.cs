namespace Karez.Tls.Certificates;

/// <summary>The few fields of an X.509 certificate that the handshake itself needs (RFC 5280 section 4.1).</summary>
/// <remarks>
/// <code>
/// SEQUENCE { SEQUENCE { [0] version, serial, algorithm, issuer, validity, subject, SPKI, ..., [3] extensions },
///            algorithm, BIT STRING signature }
/// </code>
/// Nothing is judged: names and times can be empty or absurd, as they are in REALITY's temporary certificate.
/// </remarks>
public readonly ref struct CertificateView
{
    private CertificateView(
        ReadOnlySpan<byte> spki, CertificateKeyKind kind, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> signature,
        ReadOnlySpan<byte> firstExtensionValue)
    {
        SubjectPublicKeyInfo = spki;
        KeyKind = kind;
        PublicKey = publicKey;
        Signature = signature;
        FirstExtensionValue = firstExtensionValue;
    }

    /// <summary>SubjectPublicKeyInfo, tag and length included.</summary>
    public ReadOnlySpan<byte> SubjectPublicKeyInfo { get; }

    /// <summary>The kind of key.</summary>
    public CertificateKeyKind KeyKind { get; }

    /// <summary>The contents of subjectPublicKey: for Ed25519 and ML-DSA the key itself.</summary>
    public ReadOnlySpan<byte> PublicKey { get; }

    /// <summary>The contents of signatureValue.</summary>
    public ReadOnlySpan<byte> Signature { get; }

    /// <summary>The contents of the first extension's extnValue; empty without extensions.</summary>
    public ReadOnlySpan<byte> FirstExtensionValue { get; }

    /// <summary>Reads a certificate in DER.</summary>
    public static bool TryParse(ReadOnlySpan<byte> der, out CertificateView view)
    {
        view = default;
        var outer = new DerReader(der);
        if (!outer.TryRead(DerReader.Sequence, out var certificate) || outer.Remaining > 0)
            return false;
        var parts = new DerReader(certificate);
        if (!parts.TryRead(DerReader.Sequence, out var tbsContent) || !parts.TryRead(DerReader.Sequence, out _)
            || !parts.TryReadBits(out var signature) || parts.Remaining > 0)
            return false;

        const byte Version = 0xA0;
        var tbs = new DerReader(tbsContent);
        if (tbs.NextTag == Version && !tbs.TryRead(Version, out _))
            return false;
        if (!tbs.TryRead(DerReader.Integer, out _) || !tbs.TryRead(DerReader.Sequence, out _)
            || !tbs.TryRead(DerReader.Sequence, out _) || !tbs.TryRead(DerReader.Sequence, out _)
            || !tbs.TryRead(DerReader.Sequence, out _)
            || !tbs.TryRead(DerReader.Sequence, out var spkiContent, out var spki))
            return false;

        var keyInfo = new DerReader(spkiContent);
        if (!keyInfo.TryRead(DerReader.Sequence, out var algorithm) || !keyInfo.TryReadBits(out var publicKey))
            return false;
        if (!TryReadFirstExtension(tbs, out var extensionValue))
            return false;
        view = new CertificateView(spki, ReadKind(algorithm), publicKey, signature, extensionValue);
        return true;
    }

    private static bool TryReadFirstExtension(DerReader tbs, out ReadOnlySpan<byte> value)
    {
        const byte IssuerUniqueId = 0x81;
        const byte SubjectUniqueId = 0x82;
        const byte ExtensionsTag = 0xA3;
        const byte Boolean = 0x01;
        value = default;
        tbs.TryRead(IssuerUniqueId, out _);
        tbs.TryRead(SubjectUniqueId, out _);
        if (!tbs.TryRead(ExtensionsTag, out var explicitContent))
            return tbs.Remaining == 0;
        var explicitReader = new DerReader(explicitContent);
        if (!explicitReader.TryRead(DerReader.Sequence, out var list))
            return false;
        var extensions = new DerReader(list);
        if (!extensions.TryRead(DerReader.Sequence, out var first))
            return false;
        var extension = new DerReader(first);
        if (!extension.TryRead(DerReader.ObjectIdentifier, out _))
            return false;
        extension.TryRead(Boolean, out _);
        return extension.TryRead(DerReader.OctetString, out value);
    }

    private static CertificateKeyKind ReadKind(ReadOnlySpan<byte> algorithm)
    {
        var reader = new DerReader(algorithm);
        if (!reader.TryRead(DerReader.ObjectIdentifier, out var oid))
            return CertificateKeyKind.Unknown;
        // 1.2.840.113549.1.1.1
        if (oid.SequenceEqual((ReadOnlySpan<byte>)[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 1]))
            return CertificateKeyKind.Rsa;
        if (oid.SequenceEqual((ReadOnlySpan<byte>)[0x2B, 0x65, 0x70])) // 1.3.101.112
            return CertificateKeyKind.Ed25519;
        // 2.16.840.1.101.3.4.3.18
        if (oid.SequenceEqual((ReadOnlySpan<byte>)[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 0x12]))
            return CertificateKeyKind.MlDsa65;
        if (!oid.SequenceEqual((ReadOnlySpan<byte>)[0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1]) // 1.2.840.10045.2.1
            || !reader.TryRead(DerReader.ObjectIdentifier, out var curve))
            return CertificateKeyKind.Unknown;
        return curve switch
        {
            [0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7] => CertificateKeyKind.EcdsaP256, // 1.2.840.10045.3.1.7
            [0x2B, 0x81, 0x04, 0, 0x22] => CertificateKeyKind.EcdsaP384, // 1.3.132.0.34
            [0x2B, 0x81, 0x04, 0, 0x23] => CertificateKeyKind.EcdsaP521, // 1.3.132.0.35
            _ => CertificateKeyKind.Unknown,
        };
    }
}
