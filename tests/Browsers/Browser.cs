using System.Diagnostics;

namespace Karez.Browsers;

/// <summary>A headless browser with a fresh profile folder, ended and tidied away with this object.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly Process _process;

    private Browser(DirectoryInfo folder, string program, IEnumerable<string> arguments)
    {
        _folder = folder;
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        // A home of its own, so that nothing of this machine's user is read or written.
        start.Environment["HOME"] = folder.FullName;
        start.Environment["MOZ_CRASHREPORTER_DISABLE"] = "1";
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Opens a page in Chromium; every name and port leads to <paramref name="port"/> on loopback.</summary>
    public static Browser Chromium(string page, int port)
    {
        var folder = Directory.CreateTempSubdirectory("karez-chromium-");
        return Chromium(folder, WritePage(folder, page), port);
    }

    /// <summary>Opens a site in Chromium; every name and port leads to <paramref name="port"/> on loopback.</summary>
    public static Browser ChromiumVisiting(string url, int port) =>
        Chromium(Directory.CreateTempSubdirectory("karez-chromium-"), url, port);

    /// <summary>Opens a page in Chromium; everything, loopback too, goes through a SOCKS5 proxy.</summary>
    public static Browser ChromiumThrough(string page, System.Net.IPEndPoint proxy)
    {
        var folder = Directory.CreateTempSubdirectory("karez-chromium-");
        return Chromium(
            folder, WritePage(folder, page), $"--proxy-server=socks5://{proxy}", "--proxy-bypass-list=<-loopback>");
    }

    private static Browser Chromium(DirectoryInfo folder, string url, int port) =>
        Chromium(folder, url, $"--host-resolver-rules=MAP * 127.0.0.1:{port}");

    private static Browser Chromium(DirectoryInfo folder, string url, params string[] network) =>
        new(folder, "/usr/bin/chromium",
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            $"--user-data-dir={folder.FullName}/profile", .. network,
            // Without it a headless Chromium that was given a page and nothing else to do may end early.
            "--remote-debugging-port=0",
            // One process for the pages of all sites: what goes onto the wire is the network service's business.
            "--disable-site-isolation-trials", "--disable-features=IsolateOrigins,site-per-process",
            // The sites of these tests sign for themselves.
            "--ignore-certificate-errors",
            url,
        ]);

    /// <summary>Opens a page in Firefox; every name leads to loopback, ports stay what they are.</summary>
    public static Browser Firefox(string page)
    {
        var folder = Directory.CreateTempSubdirectory("karez-firefox-");
        var profile = folder.CreateSubdirectory("profile");
        File.WriteAllText(Path.Combine(profile.FullName, "user.js"), """
            user_pref("network.dns.forceResolve", "127.0.0.1");
            user_pref("network.proxy.type", 0);
            user_pref("network.http.http3.enable", false);
            user_pref("browser.shell.checkDefaultBrowser", false);
            user_pref("datareporting.policy.dataSubmissionEnabled", false);
            user_pref("toolkit.telemetry.enabled", false);
            user_pref("app.update.enabled", false);
            user_pref("network.captive-portal-service.enabled", false);
            user_pref("network.connectivity-service.enabled", false);
            """);
        return new Browser(folder, "/usr/bin/firefox-esr",
            ["--headless", "--no-remote", "--profile", profile.FullName, WritePage(folder, page)]);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                _folder.Delete(recursive: true);
                return;
            }
            catch (IOException) when (attempt < 20)
            {
                // A helper process may still be writing its last file.
                await Task.Delay(100);
            }
        }
    }

    private static string WritePage(DirectoryInfo folder, string page)
    {
        var path = Path.Combine(folder.FullName, "page.html");
        File.WriteAllText(path, page);
        return new Uri(path).AbsoluteUri;
    }
}
