using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Karez.Site;

/// <summary>A private authority made on the spot, and a chain as long as those of public sites (3 to 4.5 kB).</summary>
internal static class SiteChain
{
    private const string RootFile = "ca.pem";
    private const string ChainFile = "chain.pem";
    private const string KeyFile = "key.pem";

    /// <summary>Takes the chain that a folder keeps, or makes one and keeps it there.</summary>
    /// <returns>What TLS needs, and the root certificate's file.</returns>
    public static (SslStreamCertificateContext Context, string RootPath) Open(
        string folder, IReadOnlyList<string> hosts, bool rsaLeaf)
    {
        var root = Path.Combine(folder, RootFile);
        var chain = Path.Combine(folder, ChainFile);
        var key = Path.Combine(folder, KeyFile);
        if (!File.Exists(chain) || !File.Exists(key) || !File.Exists(root))
            Make(folder, hosts, rsaLeaf);
        return (Load(chain, key), root);
    }

    /// <summary>Loads a chain in PEM, leaf first, and its key.</summary>
    public static SslStreamCertificateContext Load(string chainPath, string keyPath)
    {
        var above = new X509Certificate2Collection();
        above.ImportFromPemFile(chainPath);
        using var withKey = X509Certificate2.CreateFromPemFile(chainPath, keyPath);
        // Offline: no issuer is looked for on the network.
        var leaf = X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pfx), null);
        above.RemoveAt(0);
        return SslStreamCertificateContext.Create(leaf, above, offline: true);
    }

    private static void Make(string folder, IReadOnlyList<string> hosts, bool rsaLeaf)
    {
        using var rootKey = RSA.Create(2048);
        using var middleKey = RSA.Create(2048);
        using var issuerKey = RSA.Create(2048);
        var now = DateTimeOffset.UtcNow;

        using var root = Authority("Karez Private Root", rootKey)
            .CreateSelfSigned(now.AddDays(-40), now.AddYears(10));
        using var middle = Sign(Authority("Karez Private Intermediate R1", middleKey), root, rootKey, now.AddYears(5));
        using var issuer = Sign(Authority("Karez Private Issuing E1", issuerKey), middle, middleKey, now.AddYears(3));
        using AsymmetricAlgorithm leafKey = rsaLeaf ? RSA.Create(2048) : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var leaf = Sign(Leaf(hosts, leafKey), issuer, issuerKey, now.AddDays(50));

        Directory.CreateDirectory(folder);
        Write(folder, RootFile, root.ExportCertificatePem());
        var chain = new[] { leaf, issuer, middle }.Select(c => c.ExportCertificatePem());
        Write(folder, ChainFile, string.Join('\n', chain));
        Write(folder, KeyFile, leafKey.ExportPkcs8PrivateKeyPem());
    }

    private static CertificateRequest Authority(string name, RSA key)
    {
        var subject = new X500DistinguishedName($"CN={name}, O=Karez Trust Services LLC, C=US");
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign | X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request;
    }

    private static CertificateRequest Leaf(IReadOnlyList<string> hosts, AsymmetricAlgorithm key)
    {
        var subject = new X500DistinguishedName($"CN={hosts[0]}");
        var request = key is RSA rsa
            ? new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(subject, (ECDsa)key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        // Public certificates carry many names; these bring the message to an ordinary length.
        foreach (var host in hosts)
        {
            names.AddDnsName(host);
            foreach (var prefix in (string[])["static", "images", "account", "search", "help", "news", "mail", "cdn"])
                names.AddDnsName($"{prefix}.{host}");
        }

        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        request.CertificateExtensions.Add(names.Build());
        // RFC 6962 section 3.3: two timestamps of certificate logs, as every public certificate has. These are
        // random octets of the right length; no log knows this authority.
        request.CertificateExtensions.Add(new X509Extension(
            "1.3.6.1.4.1.11129.2.4.2", RandomNumberGenerator.GetBytes(245), critical: false));
        return request;
    }

    private static X509Certificate2 Sign(
        CertificateRequest request, X509Certificate2 issuer, RSA key, DateTimeOffset end)
    {
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer, includeKeyIdentifier: true, false));
        var generator = X509SignatureGenerator.CreateForRSA(key, RSASignaturePadding.Pkcs1);
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x7F) | 0x40);
        return request.Create(issuer.SubjectName, generator, DateTimeOffset.UtcNow.AddDays(-30), end, serial);
    }

    private static void Write(string folder, string name, string text)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using var writer = new StreamWriter(Path.Combine(folder, name), options);
        writer.Write(text);
    }
}
