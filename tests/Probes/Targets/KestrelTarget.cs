using System.Diagnostics;
using System.Net;
using System.Security.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Karez.Probes.Targets;

/// <summary>Kestrel in this process: TLS 1.2 and 1.3, h2, two names. Its waits are three seconds.</summary>
public sealed class KestrelTarget : Target
{
    private WebApplication? _site;
    private IPEndPoint _endpoint = new(IPAddress.Loopback, 0);

    /// <inheritdoc/>
    public override string Name => "kestrel";

    /// <inheritdoc/>
    public override IReadOnlyList<IPEndPoint> Endpoints => [_endpoint];

    /// <inheritdoc/>
    public override int AtOnce => 12;

    /// <inheritdoc/>
    public override async Task StartAsync(TargetFiles files, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.KeepAliveTimeout = Patience;
            kestrel.Limits.RequestHeadersTimeout = Patience;
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseHttps(https => Configure(https, files));
            });
        });
        _site = builder.Build();
        _site.MapGet("/", () => Results.Bytes(TargetFiles.FrontPage, "text/html"));
        _site.MapGet("/long", () => Results.Bytes(TargetFiles.LongPage, "text/html"));
        await _site.StartAsync(cancellationToken);
        var features = _site.Services.GetRequiredService<IServer>().Features;
        var address = features.Get<IServerAddressesFeature>()?.Addresses.Single() ?? throw new UnreachableException();
        _endpoint = new IPEndPoint(IPAddress.Loopback, new Uri(address).Port);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (_site is null)
            return;
        using var atOnce = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _site.StopAsync(atOnce.Token);
        await _site.DisposeAsync();
    }

    private static void Configure(HttpsConnectionAdapterOptions https, TargetFiles files)
    {
        https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
        https.HandshakeTimeout = Patience;
        https.ServerCertificateChain = [files.Issuer];
        https.ServerCertificate = files.Own;
        https.ServerCertificateSelector = (_, name) => name == TargetFiles.ServerName ? files.Own : files.Other;
    }

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
}
