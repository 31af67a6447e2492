using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Karez.Secure;
using Karez.Tls;
using Karez.Tls.Certificates;
using Karez.Tls.Handshake;

namespace Karez.Server.Tests.Targets;

/// <summary>A target on one port that can be well or ill in several ways, and change.</summary>
internal sealed class BadTarget : IAsyncDisposable
{
    private readonly X509Certificate2 _certificate = Certificates.Make();
    private readonly TestSite _well;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _accepting;

    public BadTarget()
    {
        _well = new TestSite((byte)'t', _certificate);
        _listener.Start();
        EndPoint = (IPEndPoint)_listener.LocalEndpoint;
        _accepting = AcceptAsync();
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>well, slow, resets, hangs up, tls12, retry, oversized, another protocol.</summary>
    public string Kind { get; set; } = "well";

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        _listener.Dispose();
        await _well.DisposeAsync();
        _certificate.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptSocketAsync());
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                await ServeAsync(socket, Kind);
            }
            catch (Exception e) when (e is SocketException or IOException or AuthenticationException
                or ObjectDisposedException)
            {
                // The visitor left.
            }
        }
    }

    private async Task ServeAsync(Socket socket, string kind)
    {
        await using var stream = new NetworkStream(socket);
        switch (kind)
        {
            case "slow":
                await Task.Delay(2000);
                await RelayAsync(stream);
                break;
            case "resets":
                await stream.ReadAtLeastAsync(new byte[4096], 1);
                socket.LingerState = new LingerOption(true, 0);
                break;
            case "hangs up":
                await stream.ReadAtLeastAsync(new byte[4096], 1);
                break;
            case "another protocol":
                await stream.ReadAtLeastAsync(new byte[4096], 1);
                await stream.WriteAsync("220 mail.example ESMTP ready\r\n"u8.ToArray());
                await Task.Delay(100);
                break;
            case "tls12":
                var tls = new SslStream(stream);
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
                {
                    ServerCertificate = _certificate,
#pragma warning disable SYSLIB0039, CA5398 // an old server is what is tested
                    EnabledSslProtocols = SslProtocols.Tls12,
#pragma warning restore SYSLIB0039, CA5398
                });
                await Task.Delay(100);
                break;
            case "retry":
                await ShakeHandsAsync(stream, [_certificate.RawData], forceRetry: true);
                break;
            case "oversized":
                await ShakeHandsAsync(stream, [MakeOversized()], forceRetry: false);
                break;
            default:
                await RelayAsync(stream);
                break;
        }
    }

    private byte[] MakeOversized()
    {
        using var key = _certificate.GetECDsaPrivateKey()!;
        var request = new CertificateRequest($"CN={Certificates.Name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509Extension("2.5.29.99", new byte[18_000], critical: false));
        var now = DateTimeOffset.UtcNow;
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        return certificate.RawData;
    }

    private async Task RelayAsync(NetworkStream visitor)
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, _well.Port);
        var site = client.GetStream();
        await Task.WhenAny(visitor.CopyToAsync(site), site.CopyToAsync(visitor));
    }

    private async Task ShakeHandsAsync(
        NetworkStream stream, IReadOnlyList<ReadOnlyMemory<byte>> chain, bool forceRetry)
    {
        using var key = _certificate.GetECDsaPrivateKey()!;
        using var tls = new TlsServer(
            new TlsServerOptions { CertificateChain = chain, Signer = KeySigner.Ecdsa(key), ForceRetry = forceRetry },
            SystemEntropy.Instance);
        var (input, output, start, end) = (new byte[1 << 16], new byte[1 << 16], 0, 0);
        while (true)
        {
            var status = tls.Advance(input.AsSpan(start..end), output, default, out var consumed, out var produced);
            start += consumed;
            await stream.WriteAsync(output.AsMemory(0, produced));
            if (status is not (TlsStatus.NeedInput or TlsStatus.NeedOutputSpace))
                break;
            if (status != TlsStatus.NeedInput)
                continue;
            var count = await stream.ReadAsync(input.AsMemory(end));
            if (count == 0)
                break;
            end += count;
        }

        await Task.Delay(100);
    }
}
