using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Karez.Secure;

// Fetches a page twice: the server sees a browser's TLS, on the second visit that of one who returns.
if (args is not [var address, .. var rest] || rest.Length > 1)
{
    await Console.Error.WriteLineAsync("usage: BrowserFetch URL [ROOT.pem]");
    return 2;
}

var roots = new X509Certificate2Collection();
if (rest is [var file])
    roots.ImportFromPemFile(file);

using var session = new BrowserSession();
var options = new BrowserTlsOptions
{
    Session = session,
    Verifier = new ChainVerifier(TimeProvider.System, roots),
};

for (var visit = 1; visit <= 2; visit++)
{
    // A new handler has no connection to use again, so each visit is a handshake.
    using var handler = new SocketsHttpHandler
    {
        UseProxy = false,
        ConnectCallback = async (context, cancellationToken) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            }
            catch
            {
                socket.Dispose();
                throw;
            }

            return await BrowserHttp.ConnectAsync(
                context, new NetworkStream(socket, ownsSocket: true), options, cancellationToken);
        },
    };
    using var client = new HttpClient(handler)
    {
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
    };
    try
    {
        using var response = await client.GetAsync(new Uri(address));
        var body = await response.Content.ReadAsByteArrayAsync();
        Console.WriteLine(
            $"visit {visit}: {(int)response.StatusCode}, HTTP/{response.Version}, {body.Length} octets, "
            + $"{session.Count} tickets kept");
    }
    catch (HttpRequestException wrong)
    {
        await Console.Error.WriteLineAsync(
            (wrong.InnerException as BrowserTlsException)?.Message ?? wrong.Message);
        return 1;
    }
}

return 0;
