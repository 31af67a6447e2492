using System.Text.RegularExpressions;

namespace Karez.Net.Tunnel;

/// <summary>The pages of one site that a spider has seen links to; for any thread.</summary>
/// <param name="serverName">The site's name: full addresses of its own count as paths.</param>
/// <param name="first">The page to begin with.</param>
internal sealed partial class KnownPages(string serverName, string first)
{
    // Our bound: enough for a crawl that asks for at most 512 pages.
    private const int MaxPages = 256;

    private readonly List<string> _pages = [first];
    private readonly Lock _lock = new();

    /// <summary>One of them.</summary>
    public string Draw()
    {
        lock (_lock)
            return _pages[Random.Shared.Next(_pages.Count)];
    }

    /// <summary>
    /// Adds what a page links to on its own site. Addresses with a dot are left out, as Xray's spider does: they are
    /// files, which a browser that navigates does not ask for.
    /// </summary>
    public void Learn(string html)
    {
        var origin = $"https://{serverName}";
        foreach (var link in Links().EnumerateMatches(html))
        {
            var target = html.AsSpan(link.Index + Opening, link.Length - Opening - 1);
            if (target.StartsWith(origin, StringComparison.OrdinalIgnoreCase))
                target = target[origin.Length..];
            if (target is not ['/', ..] || target.StartsWith("//", StringComparison.Ordinal) || target.Contains('.'))
                continue;
            var page = target.ToString();
            lock (_lock)
            {
                if (_pages.Count < MaxPages && !_pages.Contains(page))
                    _pages.Add(page);
            }
        }
    }

    private const int Opening = 6; // href="

    [GeneratedRegex("href=\"[/h][^\"\\s]{0,512}\"", RegexOptions.CultureInvariant)]
    private static partial Regex Links();
}
