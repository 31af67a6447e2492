using Karez.Lab.Learners;
using Karez.Lab.Population;
using ScottPlot;

namespace Karez.Lab.Reports;

/// <summary>The report's drawings, made by ScottPlot: in the page as SVG, beside it as PNG.</summary>
internal static class Charts
{
    private const int Width = 720;
    private const int Height = 380;

    /// <summary>The share of people who are not flagged yet, by day, a line for each group.</summary>
    public static string Unflagged(IReadOnlyList<GroupDays> groups, string folder)
    {
        using var plot = new Plot();
        var days = groups.Max(group => group.Days);
        foreach (var group in groups)
        {
            double[] at = [0, .. group.Curve.Select(point => point.Days), days];
            var end = group.Curve is [.., var last] ? last.Unflagged : 1;
            double[] left = [1, .. group.Curve.Select(point => point.Unflagged), end];
            var line = plot.Add.Scatter(at, left);
            line.ConnectStyle = ConnectStyle.StepHorizontal;
            line.MarkerSize = 0;
            line.LineWidth = 2;
            line.LegendText = group.Group;
        }

        plot.Axes.SetLimits(0, days, 0, 1.02);
        plot.XLabel("simulated days");
        plot.YLabel("not flagged yet");
        plot.ShowLegend(Alignment.UpperRight);
        return Write(plot, folder, "unflagged.png");
    }

    /// <summary>The left end of the curves of the learners: what is caught where few innocents are.</summary>
    public static string LeftEnd(IReadOnlyList<LearnerResult> learners, string folder)
    {
        using var plot = new Plot();
        foreach (var learner in learners.Where(learner => learner.Curve.Count > 0))
        {
            var line = plot.Add.Scatter(
                learner.Curve.Select(point => Math.Log10(Math.Max(1e-4, point.FalseRate))).ToArray(),
                learner.Curve.Select(point => point.TrueRate).ToArray());
            line.MarkerSize = 0;
            line.LineWidth = 2;
            line.LegendText = $"{learner.Group}, {learner.Features}, by {learner.Split}";
        }

        plot.Axes.SetLimits(-4, 0, 0, 1.02);
        plot.XLabel("share of innocents flagged, power of ten");
        plot.YLabel("share of the tool's flows flagged");
        plot.ShowLegend(Alignment.LowerRight);
        return Write(plot, folder, "learners.png");
    }

    private static string Write(Plot plot, string folder, string name)
    {
        var plots = Directory.CreateDirectory(Path.Combine(folder, "plots"));
        plot.SavePng(Path.Combine(plots.FullName, name), Width, Height);
        var svg = plot.GetSvgXml(Width, Height);
        return svg[svg.IndexOf("<svg", StringComparison.Ordinal)..];
    }
}
