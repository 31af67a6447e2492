using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Karez.Camouflage.Browser;
using Karez.Camouflage.Reality;
using Karez.Secure;

namespace Karez.Net.Tunnel;

/// <summary>
/// Visits the borrowed site for a client whom the node did not recognise, as a browser that goes on: the link's page,
/// and as many further ones as its <c>spx</c> says. Whoever stands in between sees somebody read a web site. The time
/// is read off the first answer: it is the other clock, and the certificate is verified, so nobody in between can lie.
/// </summary>
public sealed class Spider : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    // Our bounds: sites remembered, and how much of a page is read for its links.
    private const int MaxSites = 64;
    private const int MaxPage = 1 << 18;

    private readonly BrowserTlsOptions _options;
    private readonly Func<EndPoint, CancellationToken, ValueTask<Stream>> _way;
    private readonly ConcurrentDictionary<string, KnownPages> _sites = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<Task, bool> _crawls = new();
    private readonly CancellationTokenSource _stop = new();
    private bool _ended;

    /// <param name="profile">The browser to resemble.</param>
    /// <param name="verifier">Judges the site's chain.</param>
    /// <param name="mark">The mark of the sockets (SO_MARK); 0 sets none.</param>
    public Spider(BrowserProfile profile, ChainVerifier verifier, uint mark = 0)
    {
        _options = new BrowserTlsOptions { Profile = profile, Verifier = verifier };
        _way = (host, stop) => BrowserClient.ConnectAsync(host, mark, stop);
    }

    /// <summary>Asks for the first page; the crawl goes on behind it.</summary>
    /// <param name="node">Where the site is reached.</param>
    /// <param name="serverName">Its name.</param>
    /// <param name="plan">What is asked for.</param>
    /// <returns>
    /// The Date of the site's answer (RFC 9110 section 6.6.1), after the plan's delay; null when there was none.
    /// </returns>
    public async Task<DateTimeOffset?> VisitAsync(EndPoint node, string serverName, SpiderPlan plan)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(plan);
        if (_sites.Count >= MaxSites)
            _sites.Clear();
        var pages = _sites.GetOrAdd(serverName, name => new KnownPages(name, plan.Path));
        var client = BrowserClient.Make(_options, (_, stop) => _way(node, stop), s_patience, redirects: 0);
        var (date, page) = await AskAsync(client, serverName, pages, plan, referer: null);
        if (page is not null)
            Remember(CrawlAsync(client, serverName, pages, plan, page));
        else
            client.Dispose();
        await WaitAsync(plan.Delay);
        return date;
    }

    /// <summary>Ends what still crawls.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _ended, true))
            return;
        await _stop.CancelAsync();
        await Task.WhenAll(_crawls.Keys);
        _stop.Dispose();
    }

    private void Remember(Task crawl)
    {
        _crawls[crawl] = true;
        _ = crawl.ContinueWith(
            done => _crawls.TryRemove(done, out _), CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task CrawlAsync(
        HttpClient client, string serverName, KnownPages pages, SpiderPlan plan, string first)
    {
        using (client)
            await Task.WhenAll(Enumerable.Range(0, Draw(plan.Crawlers)).Select(_ => OneAsync()));

        async Task OneAsync()
        {
            var referer = first;
            for (var left = Draw(plan.Requests); left > 0 && !_stop.IsCancellationRequested; left--)
            {
                await WaitAsync(plan.Interval);
                var (_, page) = await AskAsync(client, serverName, pages, plan, referer);
                if (page is null)
                    return;
                referer = page;
            }
        }
    }

    /// <summary>Asks for one of the known pages and learns its links.</summary>
    /// <returns>The answer's date, and the page's address when there was an answer.</returns>
    private async Task<(DateTimeOffset? Date, string? Page)> AskAsync(
        HttpClient client, string serverName, KnownPages pages, SpiderPlan plan, string? referer)
    {
        try
        {
            var url = new Uri($"https://{serverName}{pages.Draw()}");
            using var request = new HttpRequestMessage(HttpMethod.Get, url)
            {
                Version = client.DefaultRequestVersion,
                VersionPolicy = client.DefaultVersionPolicy,
            };
            Dress(request, plan, referer);
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, _stop.Token);
            await using var body = await answer.Content.ReadAsStreamAsync(_stop.Token);
            var octets = new byte[MaxPage];
            var read = await body.ReadAtLeastAsync(octets, octets.Length, throwOnEndOfStream: false, _stop.Token);
            pages.Learn(Encoding.UTF8.GetString(octets, 0, read));
            return (answer.Headers.Date, url.AbsoluteUri);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException
            or SocketException or UriFormatException)
        {
            return default;
        }
    }

    /// <summary>What a browser says when somebody follows a link, or types an address in.</summary>
    private void Dress(HttpRequestMessage request, SpiderPlan plan, string? referer)
    {
        Say("upgrade-insecure-requests", "1");
        Say("user-agent", UserAgent(_options.Profile.Name));
        Say("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8");
        Say("sec-fetch-site", referer is null ? "none" : "same-origin");
        Say("sec-fetch-mode", "navigate");
        Say("sec-fetch-user", "?1");
        Say("sec-fetch-dest", "document");
        if (referer is not null)
            Say("referer", referer);
        Say("accept-language", "en-US,en;q=0.9");
        if (Draw(plan.Padding) is > 0 and var zeros)
            Say("cookie", $"padding={new string('0', zeros)}"); // so that requests are not all of one length

        void Say(string name, string value) => request.Headers.TryAddWithoutValidation(name, value);
    }

    /// <summary>The words of the profile's browser on Linux; its major version ends the profile's name.</summary>
    private static string UserAgent(string profile)
    {
        var version = profile[(profile.LastIndexOf('-') + 1)..];
        var words = profile.StartsWith("firefox", StringComparison.Ordinal)
            ? $"; rv:{version}.0) Gecko/20100101 Firefox/{version}.0"
            : $") AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.0.0 Safari/537.36";
        return $"Mozilla/5.0 (X11; Linux x86_64{words}";
    }

    private async Task WaitAsync(SpiderRange milliseconds)
    {
        try
        {
            await Task.Delay(Draw(milliseconds), _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // Whoever waits looks at the token next.
        }
    }

    private static int Draw(SpiderRange range) => Random.Shared.Next(range.Least, range.Most + 1);
}
