using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Karez.Browsers.Flights;

/// <summary>
/// A site with HTTP/2 on every loopback address: a page of some pictures, by whatever name. It is visited directly, is
/// borrowed by the node, and is what is fetched through the channel.
/// </summary>
internal sealed class HttpTwoSite : IAsyncDisposable
{
    public const string Name = "www.example.com";

    private const int Pictures = 8;
    private readonly WebApplication _site;

    private HttpTwoSite(WebApplication site) => _site = site;

    public int Port { get; private set; }

    public static async Task<HttpTwoSite> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        var certificate = Certificate();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Any, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listen.UseHttps(certificate);
        }));
        var app = builder.Build();
        app.MapGet("/{**path}", (HttpContext context, string? path) => path is { Length: > 0 } && path.StartsWith('p')
            ? Results.Bytes(new byte[200 + (path.Length * 977 % 5000)], "image/png")
            : Results.Text(Page(context.Request.QueryString.Value ?? ""), "text/html"));
        var site = new HttpTwoSite(app);
        await app.StartAsync();
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>();
        site.Port = new Uri(addresses!.Addresses.Single()).Port; // Kestrel has the feature once it has started.
        return site;
    }

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _site.StopAsync(atOnce.Token);
        await _site.DisposeAsync();
    }

    // Paths of several lengths, as sites have them.
    private static string Page(string query) => "<!doctype html><title>page</title>"
        + string.Concat(Enumerable.Range(0, Pictures).Select(i => $"<img src=/p{new string('x', 1 + (i * 5))}{query}>"))
        + new string(' ', 400 + (query.Length * 131));

    private static X509Certificate2 Certificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(
            $"CN={Name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Name);
        request.CertificateExtensions.Add(names.Build());
        var now = DateTimeOffset.UtcNow;
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
    }
}
