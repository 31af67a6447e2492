using Karez.Lab.Learners;

namespace Karez.Lab.Reports;

internal static partial class ReportHtml
{
    private static void Learners(HtmlPage page, RunReport report, string folder)
    {
        page.Section("Learners");
        if (report.Learners.Count == 0)
        {
            page.Say("There were too few TLS flows to learn from.");
            return;
        }

        page.Say("Boosted trees, trained and tested on flows of different people, sites or times. The group browser "
            + "is the browser against itself: where it is not at 0.5 within its interval, the split leaks. Intervals: "
            + "bootstrap over subscribers.");
        page.Draw(Charts.LeftEnd(report.Learners, folder));
        page.Table(
            [
                "group", "features", "split by", "flows", "innocent", "AUC", "interval", "at 1 %", "at 0.1 %",
                "at 0.01 %",
            ],
            report.Learners.Select(learner => (IReadOnlyList<string>)
            [
                learner.Group, learner.Features, learner.Split, Text($"{learner.Positives}"),
                Text($"{learner.Negatives}"), Text($"{learner.Auc:F3}"),
                Text($"{learner.AucLow:F3} to {learner.AucHigh:F3}"), Caught(learner, learner.AtOne),
                Caught(learner, learner.AtTenth), Caught(learner, learner.AtHundredth),
            ]));
    }

    private static string Caught(LearnerResult learner, CaughtAt caught) => caught.Resolvable
        ? $"{Percent(caught.Share)} ({Percent(caught.Low)} to {Percent(caught.High)})"
        : Text($"not resolvable with {learner.Negatives}");

    private static void Days(HtmlPage page, RunReport report, string folder)
    {
        page.Section("Days, and what follows");
        if (report.Days.Count == 0)
        {
            page.Say("Nothing was captured from which days could be put together.");
            return;
        }

        page.Say("Simulated people, whose days are put together from captured sessions. Flagged means by the "
            + "scenario's rules: a score of three hits at one destination, half of which is forgotten in a week.");
        page.Draw(Charts.Unflagged([.. report.Days.Where(days => days.Captures == "all")], folder));
        page.Table(
            [
                "group", "captures", "sessions", "captured min a day", "in 1 day", "7", "30", "median, days",
                "messages a 100,000 months", "days off a year", "penalties", "blackouts", "slow days",
            ],
            report.Days.Select(days => (IReadOnlyList<string>)
            [
                days.Group, days.Captures, Text($"{days.CapturedSessions}"), Text($"{days.CapturedMinutesADay:G2}"),
                Percent(days.Chain.Day1), Percent(days.Chain.Day7), Percent(days.Chain.Day30),
                days.Chain.MedianDays is { } median ? Text($"{median:F1}") : "not reached",
                Text($"{days.MessagedPer100000Months:F0} ({days.MessagedLow:F0} to {days.MessagedHigh:F0})"),
                Text($"{days.OfflineDaysAYear:F1}"), Text($"{days.Penalties}"), Text($"{days.Blackouts}"),
                Text($"{days.SlowDays}"),
            ]));
        page.Say("By each rule alone, as if it were the only one (all captures):");
        page.Table(
            ["group", "rule", "flagged", "in 1 day", "7", "30", "median, days"],
            report.Days.Where(days => days.Captures == "all").SelectMany(days => days.Alone.Select(
                rule => (IReadOnlyList<string>)
                [
                    days.Group, rule.Rule, Shade(rule.Flagged, rule.People) + Text($"{rule.Flagged} of {rule.People}"),
                    Percent(rule.Day1), Percent(rule.Day7), Percent(rule.Day30),
                    rule.MedianDays is { } median ? Text($"{median:F1}") : "not reached",
                ])));
    }

    private static void Line(HtmlPage page, RunReport report)
    {
        page.Section("One line, cut and opened again");
        if (report.Line.Count == 0)
        {
            page.Say("Not tried in this run.");
            return;
        }

        page.Say("One subscriber went the whole way of the chain on a simulated clock, and the router did to his line "
            + "what the chain said. At each step a name was asked for over it. The message, its sender and its numbers "
            + "are synthetic.");
        page.Table(
            ["day", "state", "what was said", "line", "carried"],
            report.Line.Select(step => (IReadOnlyList<string>)
            [
                Text($"{step.Day:F1}"), $"{step.State}", "=" + step.What, step.Open ? "open" : "cut",
                step.Open == step.Carried ? (step.Carried ? "yes" : "no") : (step.Carried ? "!yes" : "!no"),
            ]));
    }

    private static void Realism(HtmlPage page, RunReport report)
    {
        page.Section("How like the web the synthetic web is");
        page.Say("Pages of the run's sites against the HTTP Archive's quantiles of mobile pages. Sites are cut at 60 "
            + "objects and 3000 kB so that a run stays small; the distance says what that costs.");
        page.Table(
            ["figure", "quantile", "published", "here", "n", "distance", "p"],
            report.Realism.SelectMany(figure => figure.Quantiles.Select(quantile => (IReadOnlyList<string>)
            [
                figure.Name, Text($"p{quantile.Share * 100:F0}"), Text($"{quantile.Published:F0}"),
                Text($"{quantile.Here:F0}"), Text($"{figure.N}"), Text($"{figure.Distance:F2}"), Text($"{figure.P:G2}"),
            ])));
        if (report.Real is not { } real)
        {
            page.Say("Flows beside those of a real capture: not done; --real CAPTURE does it.");
            return;
        }

        page.Say(Text(
            $"The {real.Comparison.First} TLS flows of browsers without a tool beside {real.Comparison.Second} of ")
            + $"{real.Capture}, the worst feature first. One capture is one person.");
        page.Table(
            ["feature", "Cliff's delta", "distance", "p (corrected)"],
            real.Comparison.Worst is null
                ? [["too few TLS flows", "", "", ""]]
                : real.Comparison.Differences.Take(MostFeatures).Select(feature => (IReadOnlyList<string>)
                [
                    feature.Feature, Text($"{feature.Effect:F2}"), Text($"{feature.Distance:F2}"),
                    Text($"{feature.P:G2}"),
                ]));
    }

    private static void Limits(HtmlPage page, RunReport report)
    {
        page.Section("What this does not show");
        page.List(
        [
            "One browser, one kind of server (nginx, OpenSSL) and no other load on the links: figures are upper bounds "
                + "of how well things can be told apart in this bed, not rates in the field.",
            "Where nothing was flagged: not distinguished by these detectors, with these constants, with so many "
                + "units. With none of n flagged the rate may still be 3/n.",
            "Simulated people are put together from few captured ones and are not independent; intervals over them are "
                + "too narrow. Days are made of minutes: what needs real hours (long flows, nights) is missing.",
            "Pauses between sessions are seconds here and minutes in life.",
            "How users were found in the origin story was never published; the chain's delays are mostly assumed.",
            "Of the border's log T27 sees who came in from abroad in this run's minutes, and not in months.",
            "On the device, in its shop and on the street nothing is looked at (T32, T33).",
        ]);
        if (report.NotDone.Count + (report.Probes?.NotDone.Count ?? 0) == 0)
            return;
        page.Say("Not done in this run:");
        page.List([.. report.NotDone, .. report.Probes?.NotDone ?? []]);
    }
}
