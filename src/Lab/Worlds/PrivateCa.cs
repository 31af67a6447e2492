using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Karez.Lab.Router;

namespace Karez.Lab.Worlds;

/// <summary>
/// A certificate authority of the world's own: a root, an intermediate, and leaves with what real ones carry, so that
/// chains are as long as on the web (2.3 to 6 kB): policies, revocation addresses, timestamps, RSA and P-256 in turn.
/// </summary>
public sealed class PrivateCa : IDisposable
{
    private readonly RSA _rootKey = RSA.Create(4096);
    private readonly RSA _intermediateKey = RSA.Create(2048);
    private readonly X509Certificate2 _root;
    private readonly X509Certificate2 _intermediate;
    private readonly int _seed;
    private int _made;

    /// <summary>Makes root and intermediate.</summary>
    public PrivateCa(int seed)
    {
        _seed = seed;
        var root = Request("CN=Lab Root X1,O=Synthetic Trust Services,C=ZZ", _rootKey);
        root.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        root.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _root = root.CreateSelfSigned(DateTimeOffset.UtcNow.AddYears(-1), DateTimeOffset.UtcNow.AddYears(9));
        var middle = Request("CN=Lab Issuing R3,O=Synthetic Trust Services,C=ZZ", _intermediateKey);
        middle.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        middle.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.CrlSign, true));
        AddAddresses(middle, "x1");
        using var made = middle.Create(
            _root, DateTimeOffset.UtcNow.AddMonths(-6), DateTimeOffset.UtcNow.AddYears(4), Serial("r3"));
        _intermediate = made.CopyWithPrivateKey(_intermediateKey);
    }

    /// <summary>The root as PEM, for those who trust it.</summary>
    public string RootPem => _root.ExportCertificatePem();

    /// <summary>The SHA-256 of the intermediate's and the root's keys, as Chromium's list of pins wants them.</summary>
    public IReadOnlyList<string> Pins => [.. new[] { _intermediate, _root }.Select(certificate =>
        Convert.ToBase64String(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo())))];

    /// <summary>Makes a chain for a name.</summary>
    /// <returns>Leaf and intermediate, and the leaf's key, as PEM.</returns>
    public (string Chain, string Key) Issue(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var random = new Random(Seeds.Of(_seed, "certificate " + name));
        using var rsa = RSA.Create(2048);
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var useCurve = _made++ % 2 == 1;
        var request = useCurve
            ? new CertificateRequest($"CN={name}", curve, HashAlgorithmName.SHA256)
            : Request($"CN={name}", rsa);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        for (var more = random.Next(0, 24); more > 0; more--) // Real ones often serve many names.
            names.AddDnsName($"{name.Split('.')[1]}-{more}.{name}");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
        AddAddresses(request, "r3");
        request.CertificateExtensions.Add(Timestamps(random));
        using var made = request.Create(
            _intermediate.SubjectName,
            X509SignatureGenerator.CreateForRSA(_intermediateKey, RSASignaturePadding.Pkcs1),
            DateTimeOffset.UtcNow.AddDays(-20),
            DateTimeOffset.UtcNow.AddDays(70),
            Serial(name));
        var key = useCurve ? curve.ExportPkcs8PrivateKeyPem() : rsa.ExportPkcs8PrivateKeyPem();
        return (made.ExportCertificatePem() + "\n" + _intermediate.ExportCertificatePem() + "\n", key);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _root.Dispose();
        _intermediate.Dispose();
        _rootKey.Dispose();
        _intermediateKey.Dispose();
    }

    private static CertificateRequest Request(string subject, RSA key) =>
        new(subject, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    private static void AddAddresses(CertificateRequest request, string issuer)
    {
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(
            [$"http://ocsp.{issuer}.trust.example/"], [$"http://certificates.{issuer}.trust.example/{issuer}.crt"]));
        request.CertificateExtensions.Add(CertificateRevocationListBuilder.BuildCrlDistributionPointExtension(
            [$"http://lists.{issuer}.trust.example/{issuer}.crl"]));
        // Domain validated (CA/Browser Forum).
        request.CertificateExtensions.Add(new X509Extension(
            "2.5.29.32", [0x30, 0x0A, 0x30, 0x08, 0x06, 0x06, 0x67, 0x81, 0x0C, 0x01, 0x02, 0x01], false));
    }

    /// <summary>Two certificate timestamps (RFC 6962 section 3.3) of the usual length; nobody signed them.</summary>
    private static X509Extension Timestamps(Random random)
    {
        var list = new byte[2 + (2 * 120)];
        random.NextBytes(list);
        (list[0], list[1]) = (0, (byte)(list.Length - 2));
        for (var at = 2; at < list.Length; at += 120)
            (list[at], list[at + 1], list[at + 2]) = (0, 118, 0);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteOctetString(list);
        return new X509Extension("1.3.6.1.4.1.11129.2.4.2", writer.Encode(), false);
    }

    private byte[] Serial(string name)
    {
        var serial = new byte[16];
        new Random(Seeds.Of(_seed, "serial " + name)).NextBytes(serial);
        serial[0] &= 0x7F;
        return serial;
    }
}
