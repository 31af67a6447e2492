using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Karez.Cli.Tests.Scouting;

/// <summary>
/// One nginx with a server on loopback for each kind of site, under a private authority that programs trust when they
/// are started with <see cref="Trust"/>.
/// </summary>
internal sealed class LocalSites : IDisposable
{
    private const string Program = "/usr/sbin/nginx";

    private readonly string _folder = Directory.CreateTempSubdirectory("karez-sites-").FullName;
    private readonly int[] _ports = FreePorts(7);
    private readonly Process _nginx;

    private LocalSites()
    {
        WriteCertificates();
        File.WriteAllText(Path.Combine(_folder, "index.html"), "a page\n");
        var file = Path.Combine(_folder, "nginx.conf");
        File.WriteAllText(file, $$"""
            daemon off; master_process off; pid {{_folder}}/pid; error_log {{_folder}}/error.log;
            events { worker_connections 256; }
            http {
              access_log off; client_body_temp_path {{_folder}}; proxy_temp_path {{_folder}};
              fastcgi_temp_path {{_folder}}; uwsgi_temp_path {{_folder}}; scgi_temp_path {{_folder}};
              root {{_folder}}; ssl_protocols TLSv1.3; ssl_ecdh_curve X25519;
              ssl_certificate {{_folder}}/chain.pem; ssl_certificate_key {{_folder}}/chain.key;
              server { server_name localhost; listen 127.0.0.1:{{Good}} ssl http2; }
              server { server_name localhost; listen 127.0.0.1:{{Old}} ssl http2; ssl_protocols TLSv1.2; }
              server { server_name localhost; listen 127.0.0.1:{{Retrying}} ssl http2; ssl_ecdh_curve prime256v1; }
              server { server_name localhost; listen 127.0.0.1:{{Tiny}} ssl http2;
                ssl_certificate {{_folder}}/tiny.pem; ssl_certificate_key {{_folder}}/tiny.key; }
              server { server_name localhost; listen 127.0.0.1:{{Redirecting}} ssl http2;
                return 301 https://elsewhere.example/; }
              server { server_name localhost; listen 127.0.0.1:{{Plain}} ssl; }
              server { server_name localhost; listen 127.0.0.1:{{Failing}} ssl http2; return 503; }
            }
            """);
        _nginx = Process.Start(new ProcessStartInfo(Program, ["-e", $"{_folder}/error.log", "-c", file])
        {
            RedirectStandardError = true,
        })!;
    }

    /// <summary>What is missing here; null when nothing is.</summary>
    public static string? WhyNot => File.Exists(Program)
        ? null
        : "nginx is missing: apt-get install -y --no-install-recommends nginx-light";

    public int Good => _ports[0];

    public int Old => _ports[1];

    public int Retrying => _ports[2];

    public int Tiny => _ports[3];

    public int Redirecting => _ports[4];

    /// <summary>No h2.</summary>
    public int Plain => _ports[5];

    public int Failing => _ports[6];

    /// <summary>The environment that makes a program trust the authority and nobody else.</summary>
    public IReadOnlyList<string> Trust => [$"SSL_CERT_FILE={_folder}/authority.pem", $"SSL_CERT_DIR={_folder}/none"];

    public static async Task<LocalSites> StartAsync()
    {
        var sites = new LocalSites();
        for (var attempt = 0; ; attempt++)
        {
            using var probe = new TcpClient();
            try
            {
                await probe.ConnectAsync(IPAddress.Loopback, sites.Failing);
                return sites;
            }
            catch (SocketException) when (attempt < 500)
            {
                Assert.False(sites._nginx.HasExited, "nginx ended");
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }
        }
    }

    public void Dispose()
    {
        _nginx.Kill();
        _nginx.WaitForExit();
        _nginx.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void WriteCertificates()
    {
        var (from, until) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var rootRequest = new CertificateRequest("CN=Sites' authority", rootKey, HashAlgorithmName.SHA256);
        rootRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var root = rootRequest.CreateSelfSigned(from, until);
        File.WriteAllText(Path.Combine(_folder, "authority.pem"), root.ExportCertificatePem());

        using var middleKey = RSA.Create(2048);
        var middleRequest = new CertificateRequest(
            "CN=Sites' issuer, O=An authority with a name of the usual length, C=AQ", middleKey,
            HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        middleRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var middlePublic = middleRequest.Create(
            root.SubjectName, X509SignatureGenerator.CreateForECDsa(rootKey), from, until, Serial());
        using var middle = middlePublic.CopyWithPrivateKey(middleKey);

        using var leafKey = RSA.Create(2048);
        var leafRequest = new CertificateRequest(
            "CN=localhost", leafKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        leafRequest.CertificateExtensions.Add(Names());
        using var leaf = leafRequest.Create(middle, from, until, Serial());
        File.WriteAllText(
            Path.Combine(_folder, "chain.pem"), leaf.ExportCertificatePem() + "\n" + middle.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder, "chain.key"), leafKey.ExportPkcs8PrivateKeyPem());

        using var tinyKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var tinyRequest = new CertificateRequest("CN=localhost", tinyKey, HashAlgorithmName.SHA256);
        tinyRequest.CertificateExtensions.Add(Names());
        using var tiny = tinyRequest.Create(root, from, until, Serial());
        File.WriteAllText(Path.Combine(_folder, "tiny.pem"), tiny.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder, "tiny.key"), tinyKey.ExportPkcs8PrivateKeyPem());
    }

    private static X509Extension Names()
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        return names.Build();
    }

    private static byte[] Serial() => RandomNumberGenerator.GetBytes(8);

    /// <summary>All at once: a port that is given back may be given again.</summary>
    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(l => l.Start());
        var ports = listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port).ToArray();
        listeners.ForEach(l => l.Dispose());
        return ports;
    }
}
