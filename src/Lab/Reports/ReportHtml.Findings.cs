using Karez.Lab.Detectors;

namespace Karez.Lab.Reports;

internal static partial class ReportHtml
{
    private const int MostFeatures = 5;

    private static void Findings(HtmlPage page, RunReport report)
    {
        page.Section("Tools and detectors");
        page.Say("Flows flagged of flows (a tool's: to its server; the browser's: all), and people with any. "
            + "Tags of the weakest constant: P published, M from memory, A assumed.");
        var groups = report.Matrix.Select(row => row.Group).Distinct().ToList();
        page.Table(
            ["detector", "", .. groups],
            report.Matrix.GroupBy(row => row.Detector).Select(rows => (IReadOnlyList<string>)
            [
                rows.Key, Tag(rows.First().Tag),
                .. groups.Select(group => rows.FirstOrDefault(row => row.Group == group)).Select(row =>
                    row is null ? "" : Shade(row.FlowsHit, row.Flows) + (row.FlowsHit == 0 && row.UsersHit == 0
                        ? "0" : Text($"{row.FlowsHit}/{row.Flows} · {row.UsersHit} of {row.Users}"))),
            ]));
        page.Table(
            ["detector", "looks for", "hits also", "source", "what would make it miss"],
            report.Detectors.Where(note => report.Matrix.Any(row => row.Detector == note.Name && row.UsersHit > 0))
                .Select(note => (IReadOnlyList<string>)
                    [note.Name, "=" + note.About, "=" + note.FalsePositives, "=" + note.Source, "=" + note.Fix]));

        page.Section("Those without a tool");
        page.Say("Flows of browsers that use none; the interval is Clopper and Pearson's at 95 %, as if flows were "
            + "independent. Nothing is required where no rate is published.");
        page.Table(
            ["detector", "flagged", "of", "interval", "published"],
            report.Twins.Where(twin => twin.Hit > 0 || twin.Published is not null).Select(
                twin => (IReadOnlyList<string>)
            [
                twin.Detector, (twin.Fails ? "!" : "") + Text($"{twin.Hit}"), Text($"{twin.N}"),
                $"{Percent(twin.Low)} to {Percent(twin.High)}", twin.Published is { } rate ? Percent(rate) : "none",
            ]));

        page.Section("Flow by flow against the browser");
        page.Say("Generic tests of each feature (Mann-Whitney, Kolmogorov-Smirnov, Holm); effect is Cliff's "
            + "delta. The worst features of each tool.");
        page.Table(
            ["tool", "flows", "browser", "feature", "effect", "distance", "p"],
            report.Differences.SelectMany(difference => difference.Comparison.Worst is null
                ? [[difference.Group, Text($"{difference.Comparison.First}"), Text($"{difference.Comparison.Second}"),
                    "too few TLS flows"]]
                : difference.Comparison.Differences.Take(MostFeatures).Select(feature => (IReadOnlyList<string>)
                [
                    difference.Group, Text($"{difference.Comparison.First}"), Text($"{difference.Comparison.Second}"),
                    feature.Feature, Text($"{feature.Effect:F2}"), Text($"{feature.Distance:F2}"),
                    Text($"{feature.P:G2}"),
                ])));
    }

    private static void Engines(HtmlPage page, RunReport report)
    {
        page.Section("Engines that nobody here wrote");
        page.Say("Alerts beyond those that the same engine raises on the browser.");
        foreach (var engine in report.Engines.Select(found => (found.Engine, found.Note)).Distinct())
            page.Say($"{engine.Engine}: {engine.Note}.");
        page.Table(
            ["tool", "engine", "alert", "tool's flows", "browser's flows", "apart at 95 %"],
            report.Engines.SelectMany(found => found.Scores.Select(score => (IReadOnlyList<string>)
            [
                found.Group, found.Engine, score.Alert, Text($"{score.Tool} of {score.ToolOf}"),
                Text($"{score.Browser} of {score.BrowserOf}"), score.Apart ? "!yes" : "no",
            ])));
    }

    private static void Probes(HtmlPage page, RunReport report)
    {
        page.Section("Probes");
        if (report.Probes is not { } probes)
        {
            page.Say("This scenario has no probers.");
            return;
        }

        page.Say("Each probe goes to the tool's server and to the bare site; they differ when they have no reaction in "
            + "common.");
        page.Table(
            ["tool", "set", "probes", "got there", "differ"],
            probes.Findings.GroupBy(found => (found.Tool, found.Technique)).Select(set => (IReadOnlyList<string>)
            [
                set.Key.Tool, set.Key.Technique, Text($"{set.Count()}"), Text($"{set.Count(found => found.Compared)}"),
                (set.Any(found => found.Differs) ? "!" : "") + Text($"{set.Count(found => found.Differs)}"),
            ]));
        page.Table(
            ["tool", "set", "probe that differs", "the node", "the site"],
            probes.Findings.Where(found => found.Differs).Take(60).Select(found => (IReadOnlyList<string>)
            [
                found.Tool, found.Technique, "=" + found.Probe, "=" + string.Join("; ", found.Node.Keys),
                "=" + string.Join("; ", found.Cover.Keys),
            ]));
        page.Table(
            ["tool", "first octet of an answer", "the node, ms", "the site, ms", "p", "n each"],
            probes.Timings.Select(timing => (IReadOnlyList<string>)
            [
                timing.Tool, timing.Probe, Text($"{timing.NodeMs:F1}"), Text($"{timing.CoverMs:F1}"),
                Text($"{timing.P:G2}"), Text($"{timing.Visits}"),
            ]));
    }

    private static string Tag(ConstantTag tag) => tag switch
    {
        ConstantTag.Published => "P",
        ConstantTag.FromMemory => "M",
        _ => "A",
    };

    private static string Shade(int hit, int of) => of == 0 || hit == 0 ? "" : hit * 2 >= of ? "!" : "~";
}
