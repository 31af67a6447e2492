using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Karez.Interop.Harness;

/// <summary>An nginx with TLS 1.3, h2 and a chain of a private authority: the site that a node stands in front of.</summary>
internal sealed class BorrowedSite : IDisposable
{
    /// <summary>The name that it goes by.</summary>
    public const string Name = "borrowed.test";

    private readonly string _folder;
    private readonly Peer _nginx;

    private BorrowedSite(string folder, Peer nginx, int port) => (_folder, _nginx, Port) = (folder, nginx, port);

    public int Port { get; }

    /// <summary>The authority's certificate, for programs that check what the site shows.</summary>
    public string AuthorityFile => Path.Combine(_folder, "authority.pem");

    public static async Task<BorrowedSite> StartAsync()
    {
        var program = Need.Program("nginx", "nginx-light");
        var folder = Directory.CreateTempSubdirectory("karez-nginx-").FullName;
        WriteChain(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "index.html"), "the borrowed site\n");
        var port = Ports.Free();
        var file = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(file, $$"""
            daemon off; master_process off; pid {{folder}}/pid; error_log {{folder}}/error.log;
            events { worker_connections 512; }
            http {
              access_log off; client_body_temp_path {{folder}}; proxy_temp_path {{folder}};
              fastcgi_temp_path {{folder}}; uwsgi_temp_path {{folder}}; scgi_temp_path {{folder}};
              server {
                listen 127.0.0.1:{{port}} ssl http2; server_name {{Name}}; root {{folder}};
                ssl_certificate {{folder}}/chain.pem; ssl_certificate_key {{folder}}/key.pem; ssl_protocols TLSv1.3;
              }
            }
            """);
        var nginx = await Peer.StartAsync(program, ["-e", $"{folder}/error.log", "-c", file], port);
        return new BorrowedSite(folder, nginx, port);
    }

    public void Dispose()
    {
        _nginx.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static void WriteChain(string folder)
    {
        var now = DateTimeOffset.UtcNow;
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest =
            new CertificateRequest("CN=Interop authority", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var authority = authorityRequest.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={Name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Name);
        request.CertificateExtensions.Add(names.Build());
        using var leaf = request.Create(authority, now.AddDays(-1), now.AddDays(20), [1, 2, 3, 4]);

        File.WriteAllText(Path.Combine(folder, "authority.pem"), authority.ExportCertificatePem());
        File.WriteAllText(
            Path.Combine(folder, "chain.pem"), $"{leaf.ExportCertificatePem()}\n{authority.ExportCertificatePem()}\n");
        File.WriteAllText(Path.Combine(folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
    }
}
