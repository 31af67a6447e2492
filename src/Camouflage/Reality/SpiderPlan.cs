using System.Globalization;

namespace Karez.Camouflage.Reality;

/// <summary>
/// What a client that was not let in asks the real site for: a link's <c>spx</c>, with the ranges behind it taken out
/// (docs/protocols/reality.md). A range that is none counts as 0, as a missing one does.
/// </summary>
/// <param name="Path">The page, with what is left of the query; begins with a slash.</param>
/// <param name="Padding"><c>p</c>: how many zeros the cookie <c>padding</c> has.</param>
/// <param name="Crawlers"><c>c</c>: how many go on from the first page, at the same time.</param>
/// <param name="Requests"><c>t</c>: how many pages each of them asks for.</param>
/// <param name="Interval"><c>i</c>: milliseconds before each of these.</param>
/// <param name="Delay"><c>r</c>: milliseconds before the failure is told.</param>
public sealed record SpiderPlan(
    string Path,
    SpiderRange Padding,
    SpiderRange Crawlers,
    SpiderRange Requests,
    SpiderRange Interval,
    SpiderRange Delay)
{
    // Our bounds: a link comes from outside, and must not make its holder a nuisance to the site or to himself.
    private const int MaxPadding = 4_096;
    private const int MaxCrawlers = 8;
    private const int MaxRequests = 64;
    private const int MaxInterval = 60_000;
    private const int MaxDelay = 10_000;

    /// <summary>Reads it.</summary>
    /// <param name="spider">A path, perhaps with a query; a missing slash is added.</param>
    public static SpiderPlan Parse(string spider)
    {
        ArgumentNullException.ThrowIfNull(spider);
        var mark = spider.IndexOf('?', StringComparison.Ordinal);
        var path = "/" + (mark < 0 ? spider : spider[..mark]).TrimStart('/');
        var plan = new SpiderPlan(path, default, default, default, default, default);
        var kept = new List<string>();
        foreach (var pair in mark < 0 ? [] : spider[(mark + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var value = pair.Length > 2 ? pair[2..] : "";
            switch (pair)
            {
                case ['p', '=', ..]: plan = plan with { Padding = SpiderRange.Parse(value, MaxPadding) }; break;
                case ['c', '=', ..]: plan = plan with { Crawlers = SpiderRange.Parse(value, MaxCrawlers) }; break;
                case ['t', '=', ..]: plan = plan with { Requests = SpiderRange.Parse(value, MaxRequests) }; break;
                case ['i', '=', ..]: plan = plan with { Interval = SpiderRange.Parse(value, MaxInterval) }; break;
                case ['r', '=', ..]: plan = plan with { Delay = SpiderRange.Parse(value, MaxDelay) }; break;
                default: kept.Add(pair); break;
            }
        }

        return kept.Count == 0 ? plan : plan with { Path = $"{path}?{string.Join('&', kept)}" };
    }
}

/// <summary>A number drawn anew each time, both ends possible.</summary>
/// <param name="Least">The least.</param>
/// <param name="Most">The most.</param>
public readonly record struct SpiderRange(int Least, int Most)
{
    /// <summary>Reads <c>a</c> or <c>a-b</c>, in either order; what is neither is 0.</summary>
    /// <param name="text">The text.</param>
    /// <param name="limit">Whatever is more counts as this.</param>
    internal static SpiderRange Parse(string text, int limit)
    {
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (!TryRead(dash < 0 ? text : text[..dash], limit, out var one)
            || !TryRead(dash < 0 ? text : text[(dash + 1)..], limit, out var other))
        {
            return default;
        }

        return new SpiderRange(Math.Min(one, other), Math.Max(one, other));
    }

    private static bool TryRead(ReadOnlySpan<char> text, int limit, out int value)
    {
        var isNumber = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        value = (int)Math.Min(number, limit);
        return isNumber;
    }
}
