using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Karez.Probes.Compare;
using Karez.Probes.Raw;
using Karez.Probes.Script;

namespace Karez.Probes.Visits;

/// <summary>A whole visit with .NET's TLS client: the records, who it was, and what the page said.</summary>
public static class TlsVisit
{
    /// <summary>Runs it; failures are facts too and become part of the observation.</summary>
    public static async Task<Observation> RunAsync(
        IPEndPoint endpoint, VisitStep step, ProbeContext context, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.NoDelay = true;
        await socket.ConnectAsync(endpoint, cancellationToken);
        var stream = new PumpedStream(socket);
        var text = new StringBuilder();
        try
        {
            await VisitAsync(stream, step.Options, context, text, cancellationToken)
                .WaitAsync(TimeSpan.FromSeconds(6), cancellationToken);
        }
        catch (Exception e)
            when (e is AuthenticationException or IOException or HttpRequestException or TimeoutException)
        {
            // what the client calls the failure; the records say the rest
            text.AppendLine($"failed: {e.GetType().Name}");
            await stream.SettleAsync(100);
            text.AppendLine(stream.Describe(0, stream.Seen));
        }

        var ending = await stream.EndAsync(TimeSpan.FromMilliseconds(500));
        return new Observation($"{text}end: {ending}", null, null, null);
    }

    private static async Task VisitAsync(
        PumpedStream stream, IReadOnlyDictionary<string, string> options, ProbeContext context, StringBuilder text,
        CancellationToken cancellationToken)
    {
        var isTwo = options.GetValueOrDefault("http", "1.1") == "2";
        await using var tls = new SslStream(stream);
        await tls.AuthenticateAsClientAsync(TlsOptions(options, context, isTwo, text), cancellationToken);
        var flight = stream.Seen;
        text.AppendLine($"{tls.SslProtocol} {tls.NegotiatedCipherSuite} {tls.NegotiatedApplicationProtocol}");
        await stream.SettleAsync(120);
        var asked = stream.Seen;
        text.AppendLine("flight").AppendLine(stream.Describe(0, flight));
        text.AppendLine("unasked").AppendLine(stream.Describe(flight, asked));
        var path = options.GetValueOrDefault("path", "/");
        if (isTwo)
        {
            await HttpTwo.FetchAsync(tls, context.ServerName, path, text, cancellationToken);
            // header compression and what is flushed together change record lengths: the page is compared, they are not
            return;
        }

        var count = int.Parse(options.GetValueOrDefault("times", "1"));
        await FetchAsync(tls, context.ServerName, path, count, text, cancellationToken);
        text.AppendLine("answer").AppendLine(stream.Describe(asked, stream.Seen));
    }

    private static async Task FetchAsync(
        SslStream tls, string host, string path, int times, StringBuilder text, CancellationToken cancellationToken)
    {
        for (var i = 1; i <= times; i++)
        {
            var connection = i == times ? "close" : "keep-alive";
            var request = $"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: {connection}\r\n\r\n";
            await tls.WriteAsync(Encoding.ASCII.GetBytes(request), cancellationToken);
            await tls.FlushAsync(cancellationToken);
            if (i < times)
                await Task.Delay(100, cancellationToken);
        }

        using var page = new MemoryStream();
        await tls.CopyToAsync(page, cancellationToken);
        var answer = StatusPage.Mask(AnswerText.MaskHttp(Encoding.Latin1.GetString(page.ToArray())));
        var head = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        text.AppendLine($"page {answer.Length} {Digest(answer)}");
        text.AppendLine(head < 0 ? answer : answer[..head]);
    }

    private static SslClientAuthenticationOptions TlsOptions(
        IReadOnlyDictionary<string, string> options, ProbeContext context, bool isTwo, StringBuilder text) => new()
        {
            TargetHost = options.GetValueOrDefault("name", context.ServerName),
            EnabledSslProtocols = options.GetValueOrDefault("tls") == "1.2" ? SslProtocols.Tls12 : SslProtocols.Tls13,
            ApplicationProtocols = options.GetValueOrDefault("alpn") == "-" ? null
                : [isTwo ? SslApplicationProtocol.Http2 : SslApplicationProtocol.Http11],
            // a resumed handshake is another probe's business
            AllowTlsResume = false,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
            {
                text.AppendLine($"certificate {certificate?.GetCertHashString()}, chain {chain?.ChainElements.Count}");
                return true;
            },
        };

    private static string Digest(string text) =>
        Convert.ToHexString(SHA256.HashData(Encoding.Latin1.GetBytes(text)))[..16];
}
