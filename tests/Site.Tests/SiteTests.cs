using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace Karez.Site.Tests;

/// <summary>The site as its own process, over real sockets, with .NET's own TLS as client.</summary>
public sealed class SiteTests(SiteTests.Folder folder) : IClassFixture<SiteTests.Folder>, IAsyncLifetime
{
    private readonly string _folder = folder.Path;
    private Process _site = null!;
    private int _https;
    private int _http;

    [Fact]
    public async Task Pages_come_over_h2_from_a_chain_that_its_root_vouches_for()
    {
        using var client = Client();
        using var answer = await client.GetAsync(new Uri($"https://www.site.example:{_https}/"), Stop);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(HttpVersion.Version20, answer.Version);
        var page = await answer.Content.ReadAsStringAsync(Stop);
        Assert.Contains("<h1>Water under the desert</h1>", page, StringComparison.Ordinal);
        Assert.Contains("/images/80.png", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/style.css", 200, "text/css")]
    [InlineData("/images/240.png", 200, "image/png")]
    [InlineData("/images/481.png", 404, "text/html")]
    [InlineData("/canals", 200, "text/html")]
    [InlineData("/nowhere", 404, "text/html")]
    [InlineData("/bytes/104857601", 404, "text/html")]
    public async Task Each_kind_of_thing_has_its_type(string path, int status, string type)
    {
        using var client = Client();
        using var answer = await client.GetAsync(new Uri($"https://www.site.example:{_https}{path}"), Stop);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(type, answer.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Downloads_are_the_same_octets_every_time()
    {
        using var client = Client();
        var octets = await client.GetByteArrayAsync(new Uri($"http://127.0.0.1:{_http}/bytes/200001"), Stop);
        Assert.Equal(200_001, octets.Length);
        Assert.All(Enumerable.Range(0, 2000), i => Assert.Equal(SitePages.ByteAt(i * 100), octets[i * 100]));
    }

    [Fact]
    public async Task An_echo_gives_back_what_was_sent()
    {
        using var client = Client();
        var sent = Encoding.UTF8.GetBytes(new string('x', 100_000));
        using var answer = await client.PostAsync(
            new Uri($"https://www.site.example:{_https}/echo"), new ByteArrayContent(sent), Stop);
        Assert.Equal(sent, await answer.Content.ReadAsByteArrayAsync(Stop));
    }

    [Fact]
    public async Task The_chain_is_as_long_as_that_of_a_public_site()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, _https, Stop);
        var length = 0;
        await using var tls = new SslStream(socket.GetStream(), false, (_, _, chain, _) =>
        {
            length = chain!.ChainPolicy.ExtraStore.Sum(c => c.RawData.Length + 5);
            return true;
        });
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "www.site.example",
            ApplicationProtocols = [SslApplicationProtocol.Http11],
        };
        await tls.AuthenticateAsClientAsync(options, Stop);
        Assert.Equal(SslProtocols.Tls13, tls.SslProtocol);
        Assert.InRange(length, 3_000, 4_500);
    }

    [Fact]
    public async Task It_ends_with_its_lifeline()
    {
        _site.StandardInput.Close();
        await _site.WaitForExitAsync(Stop).WaitAsync(TimeSpan.FromSeconds(20), Stop);
        Assert.Equal(0, _site.ExitCode);
    }

    [Fact]
    public async Task Wrong_use_is_told_and_ends_with_2()
    {
        using var site = Start("--listen", "nowhere");
        var said = await site.StandardError.ReadToEndAsync(Stop);
        await site.WaitForExitAsync(Stop);
        Assert.Equal(2, site.ExitCode);
        Assert.StartsWith("--listen: nowhere is not ADDRESS:PORT", said, StringComparison.Ordinal);
    }

    public async ValueTask InitializeAsync()
    {
        _site = Start("--host", "www.site.example", "--state", _folder, "--http", "127.0.0.1:0", "--lifeline");
        var line = await _site.StandardOutput.ReadLineAsync(Stop).AsTask().WaitAsync(TimeSpan.FromSeconds(60), Stop);
        using var ready = JsonDocument.Parse(line!);
        _https = ready.RootElement.GetProperty("https").GetInt32();
        _http = ready.RootElement.GetProperty("http").GetInt32();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_site.HasExited)
            _site.Kill();
        await _site.WaitForExitAsync(CancellationToken.None);
        _site.Dispose();
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(typeof(SitePages).Assembly.Location);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    private HttpClient Client()
    {
        var root = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(_folder, "ca.pem"));
        var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    RevocationMode = X509RevocationMode.NoCheck,
                    CustomTrustStore = { root },
                },
            },
            ConnectCallback = async (context, stop) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, stop);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        return new HttpClient(handler)
        {
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
    }

    /// <summary>The certificates, made once for all tests.</summary>
    public sealed class Folder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("karez-site-test-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
