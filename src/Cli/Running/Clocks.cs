using System.Globalization;

namespace Karez.Cli.Running;

/// <summary>Two clocks, for somebody whom the node did not recognise.</summary>
/// <param name="Here">This machine's.</param>
/// <param name="Site">The borrowed site's, by its answer; null if it was not to be had.</param>
internal sealed record Clocks(DateTimeOffset Here, DateTimeOffset? Site)
{
    // A node's window (docs/protocols/reality.md).
    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(90);

    /// <summary>Why the link was not recognised, as far as clocks can tell.</summary>
    public string Explain()
    {
        if (Site is not { } site)
            return $"revoked or mistyped, or this clock is off by more than 90 s: it says {Show(Here)}";
        var both = $"this machine's says {Show(Here)}, the site's {Show(site)}";
        var off = Here - site;
        return off.Duration() > s_window
            ? $"this clock is {Span(off.Duration())} {(off > TimeSpan.Zero ? "fast" : "slow")}, set it: {both}"
            : $"revoked or mistyped, it is not the clock: {both}";
    }

    /// <summary>A moment as people read it.</summary>
    public static string Show(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("u", CultureInfo.InvariantCulture);

    private static string Span(TimeSpan span) => span switch
    {
        { TotalMinutes: < 10 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0} s"),
        { TotalHours: < 3 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0} min"),
        { TotalDays: < 3 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:0} days"),
    };
}
