using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Karez.Site;

/// <summary>Runs the site until it is told to stop, or until its lifeline ends.</summary>
internal static class SiteHost
{
    public static async Task<int> RunAsync(SiteOptions options)
    {
        var temporary = options.State is null && options.Chain is null
            ? Directory.CreateTempSubdirectory("karez-site-").FullName
            : null;
        try
        {
            var (chain, root) = options.Chain is not null
                ? (SiteChain.Load(options.Chain, options.Key!), options.Chain) // --key was checked to be there
                : SiteChain.Open(temporary ?? options.State!, options.Hosts, options.RsaLeaf); // one of them is set
            await using var app = Build(options, chain);
            await app.StartAsync();
            await SayReadyAsync(app, options, root);
            var told = app.WaitForShutdownAsync();
            // A read of standard input cannot be called off, so it is left to the end of the process.
            await (options.Lifeline ? Task.WhenAny(told, Task.Run(ReadToEnd)) : told);
            await app.StopAsync(new CancellationTokenSource(TimeSpan.FromSeconds(1)).Token);
            return 0;
        }
        catch (IOException e)
        {
            await Console.Error.WriteLineAsync($"cannot serve: {e.Message}");
            return 1;
        }
        finally
        {
            if (temporary is not null)
                Directory.Delete(temporary, recursive: true);
        }
    }

    private static WebApplication Build(SiteOptions options, SslStreamCertificateContext chain)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = SitePages.MaxBytes;
            kestrel.Listen(options.Listen, listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseHttps(new TlsHandshakeCallbackOptions
                {
                    OnConnection = _ => ValueTask.FromResult(Tls(chain)),
                });
            });
            if (options.Http is not null)
                kestrel.Listen(options.Http, listen => listen.Protocols = HttpProtocols.Http1);
        });
        var app = builder.Build();
        app.Run(SitePages.ServeAsync);
        return app;
    }

    private static SslServerAuthenticationOptions Tls(SslStreamCertificateContext chain) => new()
    {
        ServerCertificateContext = chain,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
    };

    private static async Task SayReadyAsync(WebApplication app, SiteOptions options, string root)
    {
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        var https = PortOf(addresses, "https://");
        var http = options.Http is null ? 0 : PortOf(addresses, "http://");
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"https":{{https}},"http":{{http}},"host":"{{options.Hosts[0]}}","ca":{{Quoted(root)}}}""");
        await Console.Out.WriteLineAsync(line);
        await Console.Out.FlushAsync();
    }

    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    private static int PortOf(ICollection<string> addresses, string scheme)
    {
        var address = addresses.First(a => a.StartsWith(scheme, StringComparison.Ordinal));
        return int.Parse(address[(address.LastIndexOf(':') + 1)..].TrimEnd('/'), CultureInfo.InvariantCulture);
    }

    /// <summary>What is said on the lifeline has no meaning; only its end has.</summary>
    private static void ReadToEnd()
    {
        using var input = Console.OpenStandardInput();
        var nothing = new byte[256];
        while (input.Read(nothing) > 0)
        {
        }
    }
}
