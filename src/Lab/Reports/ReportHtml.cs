using System.Globalization;
using Karez.Lab.Known;

namespace Karez.Lab.Reports;

/// <summary>The report for people: what catches karez first, what it does not show last.</summary>
internal static partial class ReportHtml
{
    /// <summary>The page.</summary>
    /// <param name="report">What was found.</param>
    /// <param name="folder">The run's folder, where drawings are kept as PNG, too.</param>
    public static string Of(RunReport report, string folder)
    {
        var page = new HtmlPage($"karez-lab: {report.Scenario}");
        page.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"seed {report.Seed}, {report.Started:yyyy-MM-dd HH:mm} UTC, {report.Subscribers} subscribers, the world "
            + $"stood for {report.Seconds / 60:F1} minutes. Everybody in it is synthetic."));
        page.Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"router: {report.Router.Packets} packets, 99 % within {report.Router.P99ErrorMs:F2} ms of their time, "
                + $"{report.Router.Dropped} lost by it") + (report.Router.Valid ? "" : ": INVALID, times mean nothing"),
            report.Router.Valid ? null : "bad");
        Known(page, report);
        Verdict(page, report);
        Findings(page, report);
        Engines(page, report);
        Probes(page, report);
        Learners(page, report, folder);
        Days(page, report, folder);
        Line(page, report);
        Realism(page, report);
        Limits(page, report);
        return page.Finish();
    }

    private static void Known(HtmlPage page, RunReport report)
    {
        page.Section("What catches karez today");
        if (report.KnownList.Count == 0)
            page.Say("karez was not part of this run, or lab/known.json was not found.");
        if (report.KnownList.Count > 0 && !report.KnownDecides)
            page.Say("The list is of another scenario: shown here, it fails nothing.");
        page.Table(
            ["detector", "listed rate", "n", "why", "what would change it", "in this run"],
            report.KnownList.Select(entry => (IReadOnlyList<string>)
            [
                entry.Detector, Percent(entry.Rate), Text($"{entry.N}"), "=" + entry.Why, "=" + entry.Change,
                "=" + (report.Known.FirstOrDefault(found => found.Detector == entry.Detector) is { } found
                    ? $"{Say(found.Kind)}: {found.What}" : ""),
            ]));
        var others = report.Known.Where(found => found.Kind == KnownKind.New).ToList();
        if (others.Count > 0)
        {
            page.Say("Not on the list, and above the browser's rate here:", report.KnownDecides ? "bad" : null);
            page.List(others.Select(found => $"{found.Detector}: {found.What}"));
        }
    }

    private static void Verdict(HtmlPage page, RunReport report)
    {
        page.Section("Can this run be believed?");
        if (report.Failures.Count == 0)
            page.Say("Every positive control was caught as written beforehand, and nobody without a tool above a "
                + "published rate.", "good");
        foreach (var failure in report.Failures)
            page.Say(failure, "bad");
        page.Table(
            ["control", "detector", "wanted", "caught", "of"],
            report.Controls.Select(control => (IReadOnlyList<string>)
            [
                control.Tool, control.Detector, Percent(control.Wanted),
                (control.Passed ? "" : "!") + Text($"{control.UsersHit}"), Text($"{control.Users}"),
            ]));
    }

    private static string Say(KnownKind kind) => kind switch
    {
        KnownKind.AsListed => "as listed",
        KnownKind.New => "new",
        KnownKind.Gone => "gone",
        _ => "too few to say",
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Percent(double share) => share switch
    {
        0 => "0",
        < 0.001 => share.ToString("P3", CultureInfo.InvariantCulture),
        < 0.1 => share.ToString("P1", CultureInfo.InvariantCulture),
        _ => share.ToString("P0", CultureInfo.InvariantCulture),
    };
}
