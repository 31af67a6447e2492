using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Karez.Camouflage.Browser;
using Karez.Camouflage.Reality;
using Karez.Net.Tunnel;
using Karez.Secure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Karez.Cli.Tests;

/// <summary>What a real site sees of a client whom its node did not recognise.</summary>
public sealed class SpiderTests : IAsyncDisposable
{
    private const string Name = "www.site.example";

    private readonly ConcurrentQueue<Visit> _visits = new();
    private readonly X509Certificate2 _certificate = Certificate();
    private readonly WebApplication _site;

    public SpiderTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(_certificate)));
        _site = builder.Build();
        _site.Run(async context =>
        {
            var headers = context.Request.Headers;
            _visits.Enqueue(new Visit(
                context.Connection.Id, context.Request.Protocol, context.Request.Path + context.Request.QueryString,
                headers.Cookie.ToString(), headers.Referer.ToString(), headers.UserAgent.ToString()));
            context.Response.ContentType = "text/html";
            await context.Response.WriteAsync(
                $"""
                <a href="/news">1</a> <a href="https://{Name}/about">2</a> <link href="/style.css">
                <a href="https://other.example/far">3</a> <a href="//other.example/wide">4</a> <a href="#top">5</a>
                """);
        });
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_page_is_the_links_and_a_crawl_goes_on_over_the_same_connection()
    {
        var node = await StartAsync();
        await using var spider = Spider();
        var date = await spider.VisitAsync(node, Name, SpiderPlan.Parse("/first?p=5-9&c=3&t=4&i=1-5&x=1"));
        Assert.NotNull(date);
        Assert.InRange((date.Value - DateTimeOffset.UtcNow).Duration().TotalSeconds, 0, 5);
        await Until(() => _visits.Count == 1 + (3 * 4));
        await Task.Delay(100, Token);

        var visits = _visits.ToArray();
        Assert.Equal(13, visits.Length);
        Assert.Equal("/first?x=1", visits[0].Page);
        Assert.Equal("", visits[0].Referer);
        Assert.Single(visits.Select(v => v.Connection).Distinct());
        Assert.All(visits, visit =>
        {
            Assert.Equal("HTTP/2", visit.Protocol);
            Assert.Matches("^padding=0{5,9}$", visit.Cookie);
            Assert.Contains("Chrome/156.0.0.0", visit.UserAgent, StringComparison.Ordinal);
        });
        Assert.All(visits.Skip(1), visit =>
        {
            Assert.Contains(visit.Page, (string[])["/first?x=1", "/news", "/about"]);
            Assert.StartsWith($"https://{Name}/", visit.Referer, StringComparison.Ordinal);
        });
        Assert.Contains(visits.Skip(1), visit => visit.Page != "/first?x=1");
    }

    [Fact]
    public async Task Without_ranges_one_page_is_asked_for_at_once_and_a_later_visit_begins_anywhere_known()
    {
        var node = await StartAsync();
        await using var spider = Spider();
        for (var i = 0; i < 20; i++)
            Assert.NotNull(await spider.VisitAsync(node, Name, SpiderPlan.Parse("/")));
        Assert.Equal(20, _visits.Count);
        Assert.All(_visits, visit => Assert.Equal("", visit.Cookie));
        Assert.Equal(["/", "/about", "/news"], _visits.Select(visit => visit.Page).Distinct().Order());
    }

    [Fact]
    public async Task The_answer_is_told_after_the_delay_and_an_end_does_not_wait_for_the_crawl()
    {
        var node = await StartAsync();
        var began = Stopwatch.StartNew();
        await using (var spider = Spider())
        {
            Assert.NotNull(await spider.VisitAsync(node, Name, SpiderPlan.Parse("/?r=300&c=8&t=64&i=60000")));
            Assert.InRange(began.ElapsedMilliseconds, 290, 8_000);
        }

        Assert.InRange(began.ElapsedMilliseconds, 290, 10_000);
        Assert.Single(_visits);
    }

    [Fact]
    public async Task A_site_whose_certificate_is_not_trusted_is_not_asked()
    {
        var node = await StartAsync();
        await using var spider = new Spider(BrowserProfile.Default, new ChainVerifier(TimeProvider.System));
        Assert.Null(await spider.VisitAsync(node, Name, SpiderPlan.Parse("/")));
        Assert.Empty(_visits);
    }

    public async ValueTask DisposeAsync()
    {
        await _site.DisposeAsync();
        _certificate.Dispose();
    }

    private Spider Spider() =>
        new(BrowserProfile.Default, new ChainVerifier(TimeProvider.System, [_certificate]));

    private async Task<IPEndPoint> StartAsync()
    {
        await _site.StartAsync(Token);
        var features = _site.Services.GetRequiredService<IServer>().Features;
        var address = features.Get<IServerAddressesFeature>()?.Addresses.Single() ?? throw new UnreachableException();
        return new IPEndPoint(IPAddress.Loopback, new Uri(address).Port);
    }

    private static async Task Until(Func<bool> condition)
    {
        for (var i = 0; i < 500 && !condition(); i++)
            await Task.Delay(20, Token);
        Assert.True(condition());
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={Name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Name);
        request.CertificateExtensions.Add(names.Build());
        using var signed = request.CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(signed.Export(X509ContentType.Pkcs12), null);
    }

    private sealed record Visit(
        string Connection, string Protocol, string Page, string Cookie, string Referer, string UserAgent);
}
