using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Karez.Tls.Certificates;
using Karez.Tls.Handshake;

namespace Karez.Secure.Tests;

/// <summary>A private authority and certificates of it.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly X509Certificate2 _root;

    public TestAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Karez test root", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _root = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-400), DateTimeOffset.UtcNow.AddYears(5));
    }

    public X509Certificate2Collection Roots => [_root];

    public string RootPem => _root.ExportCertificatePem();

    /// <summary>A verifier that trusts this authority beside the system's.</summary>
    public ChainVerifier Verifier => new(TimeProvider.System, Roots);

    public X509Certificate2 Issue(string name, DateTimeOffset? until = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        var serial = RandomNumberGenerator.GetBytes(8);
        using var certificate = request.Create(
            _root, DateTimeOffset.UtcNow.AddDays(-30), until ?? DateTimeOffset.UtcNow.AddDays(30), serial);
        using var whole = certificate.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>Options for our own server machine.</summary>
    public TlsServerOptions ServerOptions(string name, params string[] alpn)
    {
        using var certificate = Issue(name);
        return new TlsServerOptions
        {
            CertificateChain = [certificate.RawData],
            Signer = KeySigner.Ecdsa(certificate.GetECDsaPrivateKey()!), // Made with one.
            Alpn = alpn,
        };
    }

    public void Dispose() => _root.Dispose();
}
