using System.Net;

namespace Karez.Interop.Harness;

/// <summary>The framework's HTTP client behind a SOCKS5 port, to which it hands names unresolved.</summary>
internal static class SocksHttp
{
    public static HttpClient Through(int port) =>
        new(new SocketsHttpHandler { Proxy = new WebProxy($"socks5://127.0.0.1:{port}"), UseProxy = true })
        {
            Timeout = TimeSpan.FromSeconds(60),
        };
}
