using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace Karez.Cli.Trying;

/// <summary>
/// <c>karez-site</c> beside us: target and origin. It ends with us however we end, because the kernel closes its
/// standard input then.
/// </summary>
internal sealed class SiteProcess : IAsyncDisposable
{
    private readonly Process _process;

    private SiteProcess(Process process, JsonElement ready)
    {
        _process = process;
        Https = ready.GetProperty("https").GetInt32();
        Http = ready.GetProperty("http").GetInt32();
        Root = ready.GetProperty("ca").GetString()!; // it is text, or reading fails before
    }

    /// <summary>The port of TLS.</summary>
    public int Https { get; }

    /// <summary>The port without TLS.</summary>
    public int Http { get; }

    /// <summary>The file of the private root certificate.</summary>
    public string Root { get; }

    /// <summary>Starts the site and waits until it serves.</summary>
    /// <exception cref="CommandException">It is not there, or does not come up.</exception>
    public static async Task<SiteProcess> StartAsync(
        string folder, IEnumerable<string> hosts, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Find())
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            ArgumentList = { "--lifeline", "--state", folder, "--http", "127.0.0.1:0" },
        };
        foreach (var host in hosts)
        {
            start.ArgumentList.Add("--host");
            start.ArgumentList.Add(host);
        }

        Process process;
        try
        {
            process = Process.Start(start)!; // null only for shell execution
        }
        catch (Win32Exception e)
        {
            throw new CommandException($"cannot start karez-site: {e.Message}", "use ./karez try, which builds it");
        }

        try
        {
            var line = await process.StandardOutput.ReadLineAsync(cancellationToken)
                .AsTask().WaitAsync(TimeSpan.FromSeconds(60), cancellationToken)
                ?? throw new CommandException("karez-site ended at once", "it needs the ASP.NET Core runtime 10");
            using var ready = JsonDocument.Parse(line);
            return new SiteProcess(process, ready.RootElement);
        }
        catch
        {
            process.Kill();
            process.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        try
        {
            await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(5));
        }
        catch (TimeoutException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("KAREZ_SITE") is { Length: > 0 } given)
            return given;
        string[] places = ["karez-site", "site/karez-site", "../site/karez-site", "../lib/karez/karez-site"];
        return places.Select(p => Path.Combine(AppContext.BaseDirectory, p)).FirstOrDefault(File.Exists)
            ?? throw new CommandException(
                "karez-site is not beside this program", "set KAREZ_SITE to its path, or use ./karez try");
    }
}
