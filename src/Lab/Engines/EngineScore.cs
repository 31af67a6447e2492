using Karez.Lab.Statistics;

namespace Karez.Lab.Engines;

/// <summary>An alert that an engine raises on a tool more often than on the browser.</summary>
/// <param name="Alert">The alert.</param>
/// <param name="Tool">Flows of the tool with it.</param>
/// <param name="ToolOf">Of how many.</param>
/// <param name="Browser">Flows of the browser with it.</param>
/// <param name="BrowserOf">Of how many.</param>
/// <param name="Apart">Whether the 95 % intervals of the two rates lie apart.</param>
public sealed record EngineScore(string Alert, int Tool, int ToolOf, int Browser, int BrowserOf, bool Apart)
{
    /// <summary>
    /// The alerts beyond those that the same engine raises on the browser; an engine is scored by nothing else.
    /// </summary>
    public static IReadOnlyList<EngineScore> Beyond(EngineResult tool, EngineResult browser)
    {
        ArgumentNullException.ThrowIfNull(tool);
        ArgumentNullException.ThrowIfNull(browser);
        if (tool.Engine != browser.Engine)
            throw new ArgumentException("An engine is compared with itself.", nameof(browser));
        var scores = new List<EngineScore>();
        foreach (var alert in tool.Alerts.Select(each => each.Alert).Distinct().Order(StringComparer.Ordinal))
        {
            var (hits, innocent) = (Flows(tool, alert), Flows(browser, alert));
            if ((long)hits * Math.Max(1, browser.Flows) <= (long)innocent * Math.Max(1, tool.Flows))
                continue;
            var apart = Binomial.Interval(hits, Math.Max(hits, tool.Flows)).Low
                > Binomial.Interval(innocent, Math.Max(innocent, browser.Flows)).High;
            scores.Add(new EngineScore(alert, hits, tool.Flows, innocent, browser.Flows, apart));
        }

        return scores;
    }

    private static int Flows(EngineResult result, string alert) =>
        result.Alerts.Where(each => each.Alert == alert).Select(each => each.Flow).Distinct().Count();
}
