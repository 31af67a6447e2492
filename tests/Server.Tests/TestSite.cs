using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Karez.Server.Tests;

/// <summary>A small web site on loopback: GET /N answers with N octets that say which site they are from.</summary>
internal sealed class TestSite : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2? _certificate;
    private readonly byte _mark;
    private readonly Task _accepting;
    private readonly Task _hold;
    private int _waiting;

    /// <param name="mark">The octet that its pages are made of.</param>
    /// <param name="certificate">For TLS 1.3; null for plain HTTP.</param>
    /// <param name="hold">Nobody is answered before this is done; null answers at once.</param>
    public TestSite(byte mark, X509Certificate2? certificate, Task? hold = null)
    {
        (_mark, _certificate, _hold) = (mark, certificate, hold ?? Task.CompletedTask);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Requests so far that had to wait.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    public Uri Page(int length) =>
        new($"{(_certificate is null ? "http" : "https")}://127.0.0.1:{Port}/{length}");

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException)
        {
            // Stopped, while waiting or between two callers.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                client.NoDelay = true; // head and body are two writes
                Stream stream = client.GetStream();
                if (_certificate is not null)
                {
                    var tls = new SslStream(stream);
                    await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
                    {
                        ServerCertificate = _certificate,
                        EnabledSslProtocols = SslProtocols.Tls13,
                    });
                    stream = tls;
                }

                await AnswerAsync(stream);
            }
            catch (Exception e) when (e is IOException or AuthenticationException or ObjectDisposedException)
            {
                // The visitor went away.
            }
        }
    }

    private async Task AnswerAsync(Stream stream)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII);
        while (await reader.ReadLineAsync() is { Length: > 0 } request)
        {
            while (!string.IsNullOrEmpty(await reader.ReadLineAsync()))
            {
            }

            if (!_hold.IsCompleted)
            {
                Interlocked.Increment(ref _waiting);
                await _hold;
            }

            var length = int.Parse(request.Split(' ')[1].TrimStart('/'));
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n"));
            var chunk = new byte[Math.Min(length, 100_000)];
            Array.Fill(chunk, _mark);
            for (var left = length; left > 0; left -= chunk.Length)
                await stream.WriteAsync(chunk.AsMemory(0, Math.Min(left, chunk.Length)));
            await stream.FlushAsync();
        }
    }
}
