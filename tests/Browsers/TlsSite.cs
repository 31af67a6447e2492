using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Karez.Browsers;

/// <summary>A TLS 1.3 site (the framework's server) with tickets, one HTTP/1.1 request a connection.</summary>
internal sealed class TlsSite : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly X509Certificate2 _certificate = Certificate();
    private readonly SslServerAuthenticationOptions _options;
    private readonly ConcurrentQueue<ClientFlights> _served = new();
    private readonly string _page;
    private readonly Task _accepting;

    public TlsSite(string page)
    {
        _page = page;
        _options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(_certificate, null),
            EnabledSslProtocols = SslProtocols.Tls13,
            ApplicationProtocols = [SslApplicationProtocol.Http11],
        };
        _listener.Start(512);
        _accepting = AcceptAsync(_stop.Token);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Waits until enough connections have had an answer.</summary>
    public async Task<List<ClientFlights>> ServedAsync(
        Func<ClientFlights, bool> which, int count, CancellationToken cancellationToken)
    {
        while (true)
        {
            var served = _served.Where(which).ToList();
            if (served.Count >= count)
                return served;
            await Task.Delay(50, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
        _certificate.Dispose();
    }

    private async Task AcceptAsync(CancellationToken cancellationToken)
    {
        var serving = new List<Task>();
        try
        {
            while (true)
                serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(cancellationToken), cancellationToken));
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken cancellationToken)
    {
        using var _ = client;
        client.NoDelay = true;
        var recording = new RecordingStream(client.GetStream());
        await using var tls = new SslStream(recording, leaveInnerStreamOpen: true);
        try
        {
            await tls.AuthenticateAsServerAsync(_options, cancellationToken);
            var request = new byte[1 << 14];
            var read = await tls.ReadAsync(request, cancellationToken);
            if (read == 0)
                return;
            var isPage = request.AsSpan(0, read).StartsWith("GET / "u8);
            var body = isPage ? _page : "";
            var head = $"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n"
                + $"Cache-Control: no-store\r\nContent-Length: {body.Length}\r\n\r\n";
            await tls.WriteAsync(Encoding.ASCII.GetBytes(head + body), cancellationToken);
            await tls.ShutdownAsync();
            if (ClientFlights.TryRead(recording.Reads, out var flights))
                _served.Enqueue(flights!);
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException or AuthenticationException)
        {
            // A browser opens connections that it does not use.
        }
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=site.example", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("site.example");
        request.CertificateExtensions.Add(names.Build());
        var now = DateTimeOffset.UtcNow;
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
    }
}
