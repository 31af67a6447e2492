using System.Net;
using System.Net.Sockets;
using Karez.Camouflage.Browser;
using Karez.Secure;

namespace Karez.Net.Tunnel;

/// <summary>Fetches one document of the web, with a browser's TLS, over whatever way it is given.</summary>
public sealed class WebFetch
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private const int MaxRedirects = 3;

    private readonly BrowserTlsOptions _options;
    private readonly int _limit;

    /// <param name="profile">The browser to resemble.</param>
    /// <param name="time">The clock that certificates are judged by.</param>
    /// <param name="limit">The longest document that is taken.</param>
    public WebFetch(BrowserProfile profile, TimeProvider time, int limit)
    {
        _options = new BrowserTlsOptions { Profile = profile, Verifier = new ChainVerifier(time) };
        _limit = limit;
    }

    /// <summary>Fetches a document.</summary>
    /// <param name="uri">Its address, http or https.</param>
    /// <param name="way">Connects to a host and port; null from this machine itself.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when it could not be had, was too long, or answered anything but success.</returns>
    public async Task<byte[]?> GetAsync(
        Uri uri, Func<DnsEndPoint, CancellationToken, ValueTask<Stream>>? way, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(uri);
        way ??= ConnectAsync;
        using var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            MaxAutomaticRedirections = MaxRedirects,
            ConnectTimeout = s_patience,
            ConnectCallback = async (context, stop) => await BrowserHttp.ConnectAsync(
                context, await way(context.DnsEndPoint, stop), _options, stop),
        };
        using var client = new HttpClient(handler)
        {
            Timeout = s_patience,
            MaxResponseContentBufferSize = _limit,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        try
        {
            return await client.GetByteArrayAsync(uri, cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException
            or SocketException)
        {
            cancellationToken.ThrowIfCancellationRequested(); // however it showed
            return null;
        }
    }

    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint host, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
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
