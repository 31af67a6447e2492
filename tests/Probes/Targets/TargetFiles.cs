using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Karez.Probes.Targets;

/// <summary>
/// A folder with two chains from a private CA (the target's own name, and one for everybody else, so that a wrong name
/// shows) and pages. RSA, because the length of an ECDSA signature changes from connection to connection.
/// </summary>
public sealed class TargetFiles : IDisposable
{
    private TargetFiles(string folder, X509Certificate2 own, X509Certificate2 other, X509Certificate2 issuer)
    {
        Folder = folder;
        Own = own;
        Other = other;
        Issuer = issuer;
    }

    /// <summary>The name that the target is borrowed under.</summary>
    public const string ServerName = "www.karez-site.example";

    /// <summary>A name the target answers with another certificate.</summary>
    public const string OtherName = "fallback.example";

    /// <summary>Where everything lies.</summary>
    public string Folder { get; }

    /// <summary>Certificate and key for <see cref="ServerName"/>.</summary>
    public X509Certificate2 Own { get; }

    /// <summary>Certificate and key for every other name.</summary>
    public X509Certificate2 Other { get; }

    /// <summary>The intermediate CA.</summary>
    public X509Certificate2 Issuer { get; }

    /// <summary>Octets of <c>/long</c>: several reads of any relay, and no multiple of a buffer.</summary>
    public static byte[] LongPage { get; } =
        Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 24_007).Select(i => $"line {i:d6}\n")));

    /// <summary>Octets of <c>/</c>.</summary>
    public static byte[] FrontPage { get; } = Encoding.ASCII.GetBytes(
        "<!doctype html><title>Snow water</title><p>" + string.Join(' ', Enumerable.Repeat("karez", 300)) + "</p>\n");

    /// <summary>Makes keys, chains and pages in a folder of the system's temporary directory.</summary>
    public static TargetFiles Create()
    {
        var folder = Directory.CreateTempSubdirectory("karez-probes-").FullName;
        using var rootKey = RSA.Create(2048);
        using var issuerKey = RSA.Create(2048);
        var from = DateTimeOffset.UtcNow.AddDays(-3);
        var root = Authority("CN=Karez Probe Root", rootKey).CreateSelfSigned(from, from.AddDays(400));
        var issuer = Authority("CN=Karez Probe Issuing CA 1, O=Snow Water", issuerKey)
            .Create(root, from, from.AddDays(300), [1, 2, 3, 4]).CopyWithPrivateKey(issuerKey);
        var files = new TargetFiles(folder, Leaf(ServerName, issuer, 5), Leaf(OtherName, issuer, 6), issuer);
        WritePem(files.Own, issuer, Path.Combine(folder, "own"));
        WritePem(files.Other, issuer, Path.Combine(folder, "other"));
        Directory.CreateDirectory(Path.Combine(folder, "www"));
        File.WriteAllBytes(Path.Combine(folder, "www/index.html"), FrontPage);
        File.WriteAllBytes(Path.Combine(folder, "www/long"), LongPage);
        return files;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Own.Dispose();
        Other.Dispose();
        Issuer.Dispose();
        Directory.Delete(Folder, true);
    }

    private static CertificateRequest Authority(string name, RSA key)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        return request;
    }

    private static X509Certificate2 Leaf(string name, X509Certificate2 issuer, byte serial)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var from = DateTimeOffset.UtcNow.AddDays(-2);
        using var certificate = request.Create(issuer, from, from.AddDays(90), [serial, 9, 9, 9]);
        return certificate.CopyWithPrivateKey(key);
    }

    private static void WritePem(X509Certificate2 leaf, X509Certificate2 issuer, string path)
    {
        File.WriteAllText(path + ".crt", leaf.ExportCertificatePem() + "\n" + issuer.ExportCertificatePem() + "\n");
        File.WriteAllText(path + ".key", leaf.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem() + "\n");
    }
}
