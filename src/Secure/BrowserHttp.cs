namespace Karez.Secure;

/// <summary>A browser's TLS for HttpClient: for use in <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
/// <remarks>
/// The request keeps its https address, so scheme, cookies, redirects and pooling are as they should be, with HTTP/1.1
/// and HTTP/2. What is a browser's is the TLS; the frames of HTTP/2 and the headers remain .NET's. Set
/// <see cref="SocketsHttpHandler.UseProxy"/> to false: behind a proxy the callback is asked for the way to the proxy.
/// </remarks>
public static class BrowserHttp
{
    private static readonly IReadOnlyList<string> s_onlyHttp11 = ["http/1.1"];

    /// <summary>Secures the connection of a request; that of a http request is given back as it is.</summary>
    /// <param name="context">What the callback was given.</param>
    /// <param name="inner">The connected stream; owned from now on.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BrowserTlsException">The handshake failed, or the certificate was refused.</exception>
    public static async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context, Stream inner, BrowserTlsOptions options,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(options);
        var request = context.InitialRequestMessage;
        if (request.RequestUri is not { } uri || uri.Scheme != Uri.UriSchemeHttps)
            return inner;
        if (!string.Equals(uri.IdnHost, context.DnsEndPoint.Host, StringComparison.OrdinalIgnoreCase))
            throw new InvalidOperationException("The way leads to another host, a proxy: set UseProxy to false.");

        // A connection for a request of HTTP/1.1 must not end up with h2.
        var wantsHttp2 = request.Version.Major >= 2
            || request.VersionPolicy == HttpVersionPolicy.RequestVersionOrHigher;
        var stream = await BrowserTlsStream.ConnectAsync(
            inner, uri.IdnHost, wantsHttp2 ? options : options with { Alpn = s_onlyHttp11 }, cancellationToken)
            .ConfigureAwait(false);
        return await BrowserSslStream.WrapAsync(stream, cancellationToken).ConfigureAwait(false);
    }
}
