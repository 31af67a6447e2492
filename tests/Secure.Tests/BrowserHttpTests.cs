using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Karez.Camouflage.Browser;
using Karez.Observe;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Karez.Secure.Tests;

/// <summary>HttpClient over the stream against Kestrel, nginx and OpenSSL; and the sample against all three.</summary>
public sealed class BrowserHttpTests(ITestOutputHelper output) : IDisposable
{
    private const string Name = "localhost";

    private readonly TestAuthority _authority = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("karez-http-").FullName;

    [Theory]
    [InlineData(1, "HTTP/1.1 https")]
    [InlineData(2, "HTTP/2 https")]
    public async Task Kestrel_sees_the_version_that_was_asked_for_the_https_scheme_and_a_browsers_hello(
        int major, string expected)
    {
        await using var site = await KestrelAsync();
        var sent = new List<WatchedStream>();
        using var client = Client(sent);
        for (var i = 0; i < 3; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Address(site))
            {
                Version = new Version(major, major == 1 ? 1 : 0),
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = new ByteArrayContent(new byte[100_000]),
            };
            using var response = await client.SendAsync(request);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal($"{expected} 100000", await response.Content.ReadAsStringAsync());
        }

        // One connection served all, and its hello is the browser's: no other TLS went out.
        var connection = Assert.Single(sent);
        Assert.True(HelloFields.TryParseStream(connection.Written, out var seen));
        HelloRequest request2 = new() { ServerName = Name, Alpn = major == 1 ? ["http/1.1"] : null };
        var ours = BrowserHello.Build(BrowserProfile.Default, request2, SystemEntropy.Instance).Hello;
        Assert.True(HelloFields.TryParse(ours, out var profiles));
        Assert.Equal(Ja4.Of(profiles!), Ja4.Of(seen!));
    }

    [Fact]
    public async Task A_wish_for_HTTP2_settles_for_1_1_where_a_server_has_no_more()
    {
        await using var site = await KestrelAsync(HttpProtocols.Http1);
        using var client = Client([]);
        client.DefaultRequestVersion = HttpVersion.Version20;
        client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        using var response = await client.GetAsync(Address(site));
        Assert.Equal(HttpVersion.Version11, response.Version);
    }

    [Fact]
    public async Task A_certificate_that_is_refused_is_the_reason_that_HttpClient_gives()
    {
        await using var site = await KestrelAsync();
        using var client = Client([], new BrowserTlsOptions());
        var wrong = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(Address(site)));
        var reason = Assert.IsType<BrowserTlsException>(wrong.InnerException);
        Assert.Equal(Karez.Tls.TlsFault.UntrustedCertificate, reason.Fault);
    }

    [Fact]
    public async Task A_large_download_arrives_whole_over_HTTP2()
    {
        await using var site = await KestrelAsync();
        using var client = Client([]);
        client.DefaultRequestVersion = HttpVersion.Version20;
        var body = await client.GetByteArrayAsync(new Uri(Address(site), "/large"));
        Assert.Equal(20_000_000, body.Length);
        Assert.All(body.Chunk(1 << 20), chunk => Assert.Equal(-1, chunk.AsSpan().IndexOfAnyExcept((byte)7)));
    }

    [Fact]
    public async Task The_sample_fetches_from_Kestrel()
    {
        await using var site = await KestrelAsync();
        await SampleAsync(Address(site), "HTTP/2.0");
    }

    [Fact]
    public async Task The_sample_fetches_from_nginx()
    {
        var program = Need("nginx", "nginx-light");
        var port = FreePort();
        WriteIdentity();
        var configuration = Path.Combine(_folder, "nginx.conf");
        await File.WriteAllTextAsync(configuration, $$"""
            daemon off; pid {{_folder}}/nginx.pid; error_log stderr; user root;
            events {}
            http {
              access_log off;
              client_body_temp_path {{_folder}}/t1; proxy_temp_path {{_folder}}/t2; fastcgi_temp_path {{_folder}}/t3;
              uwsgi_temp_path {{_folder}}/t4; scgi_temp_path {{_folder}}/t5;
              server {
                listen 127.0.0.1:{{port}} ssl http2;
                ssl_certificate {{_folder}}/chain.pem; ssl_certificate_key {{_folder}}/key.pem; ssl_protocols TLSv1.3;
                location / { return 200 "hello"; }
              }
            }
            """);
        using var server = Start(program, "-c", configuration);
        await ListensAsync(server, port);
        await SampleAsync(new Uri($"https://{Name}:{port}/"), "HTTP/2.0");
    }

    [Fact]
    public async Task The_sample_fetches_from_s_server_and_is_told_of_TLS_1_2()
    {
        var program = Need("openssl", "openssl");
        WriteIdentity();
        string[] arguments =
            ["s_server", "-www", "-quiet", "-cert", $"{_folder}/chain.pem", "-key", $"{_folder}/key.pem", "-accept"];
        var port = FreePort();
        using (var server = Start(program, [.. arguments, $"{port}", "-alpn", "http/1.1"]))
        {
            await ListensAsync(server, port);
            await SampleAsync(new Uri($"https://{Name}:{port}/"), "HTTP/1.0");
        }

        port = FreePort();
        using (var server = Start(program, [.. arguments, $"{port}", "-tls1_2"]))
        {
            await ListensAsync(server, port);
            var (code, said) = await RunSampleAsync(new Uri($"https://{Name}:{port}/"));
            Assert.Equal(1, code);
            Assert.Contains("TLS 1.3 only", said, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task OpenSSL_says_that_the_second_visit_resumed()
    {
        var program = Need("openssl", "openssl");
        WriteIdentity();
        var port = FreePort();
        using var server = Start(
            program, "s_server", "-www", "-quiet", "-cert", $"{_folder}/chain.pem", "-key", $"{_folder}/key.pem",
            "-accept", $"{port}");
        await ListensAsync(server, port);
        using var session = new BrowserSession();
        var options = new BrowserTlsOptions { Verifier = _authority.Verifier, Session = session };
        foreach (var word in (string[])["New, TLSv1.3", "Reused, TLSv1.3"])
        {
            using var client = Client([], options);
            var page = await client.GetStringAsync(new Uri($"https://{Name}:{port}/"));
            Assert.Contains(word, page, StringComparison.Ordinal);
        }
    }

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private HttpClient Client(List<WatchedStream> sent, BrowserTlsOptions? options = null)
    {
        options ??= new BrowserTlsOptions { Verifier = _authority.Verifier };
        return new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (context, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellationToken);
                var watched = new WatchedStream(new NetworkStream(socket, ownsSocket: true));
                sent.Add(watched);
                return await BrowserHttp.ConnectAsync(context, watched, options, cancellationToken);
            },
        });
    }

    private async Task<WebApplication> KestrelAsync(HttpProtocols protocols = HttpProtocols.Http1AndHttp2)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = protocols;
                listen.UseHttps(_authority.Issue(Name));
            }));
        var site = builder.Build();
        site.Run(async context =>
        {
            var large = context.Request.Path == "/large";
            if (large)
            {
                await context.Response.BodyWriter.WriteAsync(Enumerable.Repeat((byte)7, 20_000_000).ToArray());
                return;
            }

            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            await context.Response.WriteAsync($"{context.Request.Protocol} {context.Request.Scheme} {body.Length}");
        });
        await site.StartAsync();
        return site;
    }

    private static Uri Address(WebApplication site)
    {
        var address = site.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        return new Uri($"https://{Name}:{new Uri(address.Single()).Port}/");
    }

    private async Task SampleAsync(Uri address, string version)
    {
        var (code, said) = await RunSampleAsync(address);
        Assert.True(code == 0, said);
        Assert.Contains($"visit 1: 200, {version}", said, StringComparison.Ordinal);
        Assert.Contains($"visit 2: 200, {version}", said, StringComparison.Ordinal);
    }

    private async Task<(int Code, string Said)> RunSampleAsync(Uri address)
    {
        var root = Path.Combine(_folder, "root.pem");
        await File.WriteAllTextAsync(root, _authority.RootPem);
        var assembly = AppContext.BaseDirectory.Replace(
            "/Secure.Tests/", "/BrowserFetch/", StringComparison.Ordinal) + "Karez.BrowserFetch.dll";
        using var sample = Start("dotnet", assembly, address.ToString(), root);
        var said = sample.StandardOutput.ReadToEndAsync();
        var errors = sample.StandardError.ReadToEndAsync();
        await sample.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        var all = await said + await errors;
        output.WriteLine(all);
        return (sample.ExitCode, all);
    }

    private void WriteIdentity()
    {
        using var certificate = _authority.Issue(Name);
        File.WriteAllText(Path.Combine(_folder, "chain.pem"), certificate.ExportCertificatePem());
        using var key = certificate.GetECDsaPrivateKey()!; // Issued with one.
        File.WriteAllText(Path.Combine(_folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
    }

    private static string Need(string program, string package)
    {
        var path = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':')
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(path is null, $"{program} is missing: apt-get install -y --no-install-recommends {package}");
        return path!;
    }

    private static ServerProcess Start(string program, params string[] arguments) => new(program, arguments);

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private static async Task ListensAsync(ServerProcess server, int port)
    {
        for (var attempt = 0; attempt < 400; attempt++)
        {
            Assert.False(server.HasExited, "the server ended");
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(50);
            }
        }

        Assert.Fail("the server does not listen");
    }

    private sealed class ServerProcess : Process
    {
        public ServerProcess(string program, string[] arguments)
        {
            StartInfo = new ProcessStartInfo(program, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            Start();
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing && !HasExited)
            {
                Kill(entireProcessTree: true);
                WaitForExit();
            }

            base.Dispose(disposing);
        }
    }
}
