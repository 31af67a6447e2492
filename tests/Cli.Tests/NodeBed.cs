using System.Net;
using System.Text.Json;

namespace Karez.Cli.Tests;

/// <summary>A site on loopback, and a folder in which roles run as their own processes.</summary>
public abstract class NodeBed : IAsyncLifetime
{
    /// <summary>The site's name.</summary>
    protected const string SiteName = "www.site.example";

    private Running _site = null!; // set by InitializeAsync

    /// <summary>Where everything lies.</summary>
    protected string Folder { get; } = Directory.CreateTempSubdirectory("karez-roles-").FullName;

    /// <summary>The site's port for TLS.</summary>
    protected int Https { get; private set; }

    /// <summary>The site's port for plain HTTP.</summary>
    protected int Http { get; private set; }

    /// <summary>The file of the site's private root.</summary>
    protected string Root { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        _site = new Running(
            "karez-site", Folder, "--lifeline", "--state", "site", "--host", SiteName, "--http", "127.0.0.1:0");
        using var ready = JsonDocument.Parse(await _site.LineAsync());
        Https = ready.RootElement.GetProperty("https").GetInt32();
        Http = ready.RootElement.GetProperty("http").GetInt32();
        Root = ready.RootElement.GetProperty("ca").GetString() ?? "";
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _site.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>A client of HTTP through a proxy.</summary>
    protected static HttpClient Through(string proxy) =>
        new(new SocketsHttpHandler { Proxy = new WebProxy($"socks5://{proxy}") }) { Timeout = TimeSpan.FromSeconds(60) };

    /// <summary>Waits until a node listens.</summary>
    internal static async Task<(string Listen, string? Link)> NodeAsync(Running node)
    {
        using var ready = JsonDocument.Parse(await node.LineAsync());
        var link = ready.RootElement.TryGetProperty("link", out var given) ? given.GetString() : null;
        return (ready.RootElement.GetProperty("listen").GetString()!, link);
    }

    /// <summary>Ends the site, as its machine would.</summary>
    internal async Task EndSiteAsync()
    {
        await _site.SignalAsync("TERM");
        Assert.Equal(0, await _site.EndAsync());
    }

    /// <summary>Runs karez.</summary>
    internal Running Karez(params string[] arguments) => new("karez", Folder, arguments);

    /// <summary>Runs karez under a limit of this shell's making, such as <c>ulimit -Sn 1024</c>.</summary>
    internal Running KarezUnder(string limit, params string[] arguments) => new(
        "/bin/sh",
        Folder,
        ["-c", $"{limit}; exec \"$0\" \"$@\"", Path.Combine(AppContext.BaseDirectory, "karez"), .. arguments]);

    /// <summary>The arguments of a node in front of the site.</summary>
    internal string[] ServeArguments(string state, params string[] more) =>
    [
        "serve", "--state", state, "--target", $"127.0.0.1:{Https}", "--name", SiteName, "--allow-private", "--json",
        .. more,
    ];

    /// <summary>Runs a node in front of the site.</summary>
    internal Running Serve(string state, params string[] more) => Karez(ServeArguments(state, more));
}
