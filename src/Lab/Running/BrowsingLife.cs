using System.Globalization;
using Karez.Lab.Router;
using Karez.Lab.Worlds;

namespace Karez.Lab.Running;

/// <summary>
/// A simple life: pages one after another with pauses, in headless Chromium with a profile of its own, or fetched by
/// curl. Twins visit the same pages at the same pauses.
/// </summary>
public sealed class BrowsingLife(bool withBrowser) : ILife
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(40); // Our choice.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(15);

    /// <inheritdoc/>
    public async Task LiveAsync(
        World world, int subscriber, string? proxy, SessionLog log, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(world);
        ArgumentNullException.ThrowIfNull(log);
        var one = world.Plan.Subscribers[subscriber];
        var tunnel = one.Tool is not null;
        var like = tunnel || one.Twin is null ? subscriber : one.Twin.Value;
        var random = new Random(Seeds.Of(world.Seed, $"life {like}"));
        var foreign = Pages(world, true);
        var domestic = Pages(world, false);
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(random.NextDouble() * 3), cancellationToken);
            while (!cancellationToken.IsCancellationRequested)
            {
                var abroad = random.NextDouble() < 0.75;
                var from = abroad ? foreign : domestic;
                var page = from[random.Next(from.Count)];
                Task<bool> Visit() => VisitAsync(world, subscriber, page, proxy, cancellationToken);
                await log.NoteAsync(subscriber, "page", page, tunnel, Visit);
                await Task.Delay(TimeSpan.FromSeconds(1 + (random.NextDouble() * 4)), cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The day is over.
        }
    }

    private static List<string> Pages(World world, bool foreign) =>
    [
        .. from site in world.Plan.Sites
           where site.Foreign == foreign && site.Name.StartsWith("www.", StringComparison.Ordinal)
           from page in Enumerable.Range(0, WebServer.Pages)
           select page == 0 ? $"https://{site.Name}/" : $"https://{site.Name}/{page}.html",
    ];

    private async Task<bool> VisitAsync(
        World world, int subscriber, string page, string? proxy, CancellationToken cancellationToken)
    {
        var host = world.Subscribers[subscriber];
        // A page that has begun when the traffic ends is still given some time.
        using var limit = new CancellationTokenSource(s_longest);
        await using var end = cancellationToken.Register(() => limit.CancelAfter(s_grace));
        try
        {
            var (code, printed) = withBrowser
                ? await host.RunAsync("chromium", Browser(world, host, page, proxy), limit.Token)
                : await host.RunAsync("curl", Curl(host, world, page, proxy), limit.Token);
            return code == 0 && (!withBrowser || printed.Contains("<p>", StringComparison.Ordinal));
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static List<string> Browser(World world, WorldHost host, string page, string? proxy)
    {
        List<string> words =
        [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-dev-shm-usage",
            $"--user-data-dir={host.Folder}/profile",
            $"--ignore-certificate-errors-spki-list={string.Join(',', world.Authority.Pins)}",
            "--dump-dom",
        ];
        if (proxy is not null)
            words.Add("--proxy-server=" + proxy.Replace("socks5h", "socks5", StringComparison.Ordinal));
        words.Add(page);
        return words;
    }

    private static List<string> Curl(WorldHost host, World world, string page, string? proxy)
    {
        var trusted = host.Write("trusted.pem", world.Authority.RootPem);
        List<string> words =
        [
            "-sS", "-o", "/dev/null", "--cacert", trusted, "--max-time",
            s_longest.TotalSeconds.ToString(CultureInfo.InvariantCulture),
        ];
        if (proxy is not null)
            words.AddRange(["-x", proxy]);
        words.Add(page);
        return words;
    }
}
