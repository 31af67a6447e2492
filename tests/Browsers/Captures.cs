using Karez.Camouflage.Browser;
using Karez.Observe;
using Karez.Tests;

namespace Karez.Browsers;

/// <summary>Samples of hellos: a browser's, and ours for the same names.</summary>
internal static class Captures
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    public static async Task<List<Visit>> ChromiumAsync(int names, CancellationToken cancellationToken)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/chromium"), "chromium is not installed: apt-get install -y chromium");
        using var limit = Limit(cancellationToken);
        await using var listener = new HelloListener();
        await using var browser = Browser.Chromium(Page(names, port: null), listener.Port);
        return await listener.FirstVisitsAsync(Suffix, names, limit.Token);
    }

    public static async Task<List<Visit>> FirefoxAsync(int names, CancellationToken cancellationToken)
    {
        Assert.SkipUnless(
            File.Exists("/usr/bin/firefox-esr"), "firefox-esr is not installed: apt-get install -y firefox-esr");
        using var limit = Limit(cancellationToken);
        await using var listener = new HelloListener();
        await using var browser = Browser.Firefox(Page(names, listener.Port));
        return await listener.FirstVisitsAsync(Suffix, names, limit.Token);
    }

    /// <summary>As many hellos of ours, to the same names.</summary>
    public static List<HelloFields> Ours(string profileName, IEnumerable<Visit> visits)
    {
        Assert.True(BrowserProfile.TryGet(profileName, out var profile));
        var entropy = new SeededEntropy(156);
        return [.. visits.Select(visit => Parse(BrowserHello.Build(profile!, visit.Hello.ServerName!, entropy).Hello))];
    }

    private const string Suffix = ".example";

    private static HelloFields Parse(byte[] hello)
    {
        Assert.True(HelloFields.TryParse(hello, out var fields));
        return fields!;
    }

    private static CancellationTokenSource Limit(CancellationToken cancellationToken)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        return limit;
    }

    private static string Page(int names, int? port)
    {
        var images = Enumerable.Range(0, names)
            .Select(i => $"<img src=\"https://site-{i}{Suffix}{(port is null ? "" : $":{port}")}/x.png\">");
        return $"<!doctype html><title>names</title>{string.Concat(images)}";
    }
}
