using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Text;
using Karez.Probes.Compare;

namespace Karez.Probes.Visits;

/// <summary>A page by HTTP/2 over a TLS stream that is there already.</summary>
internal static class HttpTwo
{
    public static async Task FetchAsync(
        SslStream tls, string host, string path, StringBuilder text, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler { ConnectCallback = (_, _) => new ValueTask<Stream>(tls) };
        using var client = new HttpClient(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"https://{host}{path}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var response = await client.SendAsync(request, cancellationToken);
        var page = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        text.AppendLine($"HTTP/{response.Version} {(int)response.StatusCode}");
        foreach (var header in response.Headers.Concat(response.Content.Headers))
            text.AppendLine(AnswerText.MaskHttp($"{header.Key}: {string.Join(',', header.Value)}"));
        text.AppendLine($"page {page.Length} {Convert.ToHexString(SHA256.HashData(page))[..16]}");
    }
}
