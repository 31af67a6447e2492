using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Karez.Cli.Trying;

/// <summary>Visits pages as any program would, with the framework's own HTTP and TLS.</summary>
internal sealed class Visitor : IDisposable
{
    private readonly HttpClient _client;
    private string _certificate = "";

    /// <param name="root">The root to trust in place of the system's; null for the system's.</param>
    /// <param name="proxy">The client to go through; null goes directly.</param>
    /// <param name="serverName">The name to ask for, if it is not the URL's host.</param>
    public Visitor(X509Certificate2? root, IPEndPoint? proxy, string? serverName = null)
    {
        var handler = new SocketsHttpHandler
        {
            Proxy = proxy is null ? null : new WebProxy($"socks5://{proxy}"),
            UseProxy = proxy is not null,
            AllowAutoRedirect = false,
            SslOptions =
            {
                TargetHost = serverName,
                RemoteCertificateValidationCallback = Judge,
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            },
        };
        if (root is not null)
        {
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { root },
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            };
        }

        _client = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(60) };
        _client.DefaultRequestHeaders.Host = serverName;
        _client.DefaultRequestVersion = HttpVersion.Version20;
        _client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
    }

    /// <summary>Fetches a page.</summary>
    /// <returns>Everything that two visits can be compared by; null with the reason if it failed.</returns>
    public async Task<(Visit? Visit, string? Trouble)> FetchAsync(Uri page, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await _client.GetAsync(page, cancellationToken);
            var body = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
            var headers = answer.Headers.Concat(answer.Content.Headers)
                .Where(h => !h.Key.Equals("Date", StringComparison.OrdinalIgnoreCase))
                .Select(h => $"{h.Key}: {string.Join(',', h.Value)}")
                .Order(StringComparer.Ordinal);
            var visit = new Visit(
                (int)answer.StatusCode,
                answer.Version.ToString(),
                string.Join('\n', headers),
                Convert.ToHexStringLower(SHA256.HashData(body)),
                body.Length,
                _certificate);
            return (visit, null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return (null, (e.InnerException ?? e).Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, "no answer within a minute");
        }
    }

    public void Dispose() => _client.Dispose();

    private bool Judge(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        _certificate = certificate?.GetCertHashString(HashAlgorithmName.SHA256) ?? "";
        return errors == SslPolicyErrors.None;
    }
}
