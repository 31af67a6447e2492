using System.Net;
using System.Net.Sockets;
using Karez.Secure;
using Karez.Sys;

namespace Karez.Net.Tunnel;

/// <summary>HttpClient with a browser's TLS, over a way of one's own.</summary>
internal static class BrowserClient
{
    /// <summary>Makes one; HTTP/2 where the site speaks it, no cookies, no proxy.</summary>
    /// <param name="options">The browser to resemble, and who judges certificates.</param>
    /// <param name="way">Connects to a host and port.</param>
    /// <param name="patience">For a connection, and for a request as a whole.</param>
    /// <param name="redirects">How many are followed.</param>
    public static HttpClient Make(
        BrowserTlsOptions options,
        Func<DnsEndPoint, CancellationToken, ValueTask<Stream>> way,
        TimeSpan patience,
        int redirects) => new(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.All,
            AllowAutoRedirect = redirects > 0,
            MaxAutomaticRedirections = Math.Max(1, redirects),
            ConnectTimeout = patience,
            ConnectCallback = async (context, stop) => await BrowserHttp.ConnectAsync(
                context, await way(context.DnsEndPoint, stop), options, stop),
        })
        {
            Timeout = patience,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };

    /// <summary>The way from this machine itself.</summary>
    public static ValueTask<Stream> ConnectAsync(EndPoint host, CancellationToken cancellationToken) =>
        ConnectAsync(host, mark: 0, cancellationToken);

    /// <summary>The same with a mark, which the kill switch lets through; 0 is none.</summary>
    public static async ValueTask<Stream> ConnectAsync(EndPoint host, uint mark, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // Without the right to set a mark it is left out, and the kill switch stops what it has to.
            if (mark != 0)
                _ = Sockets.SetMark((int)socket.Handle, mark);
            await socket.ConnectAsync(host, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
