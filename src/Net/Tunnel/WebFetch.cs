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
        using var client = BrowserClient.Make(_options, way ?? BrowserClient.ConnectAsync, s_patience, MaxRedirects);
        client.MaxResponseContentBufferSize = _limit;
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
}
