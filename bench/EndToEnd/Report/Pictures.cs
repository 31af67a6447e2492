using Karez.EndToEnd.Figures;
using ScottPlot;

namespace Karez.EndToEnd.Report;

/// <summary>One picture for each figure: bars, with the ratio to karez written beside them.</summary>
internal static class Pictures
{
    public static void Write(Results results, string folder)
    {
        foreach (var figure in Figure.All)
        {
            var rows = results.Tools.Where(tool => tool.Figures.GetValueOrDefault(figure.Key)?.Median is not null)
                .Select(tool => (tool.Name, Sample: tool.Figures[figure.Key])).Reverse().ToList();
            if (rows.Count > 1)
                Write(figure, rows, Path.Combine(folder, $"{figure.Key}.png"));
        }
    }

    private static void Write(Figure figure, List<(string Name, Sample Sample)> rows, string path)
    {
        using var plot = new Plot();
        var bars = rows.Select((row, i) => new Bar
        {
            Position = i,
            Value = row.Sample.Median ?? 0,
            Error = ((row.Sample.Most - row.Sample.Least) / 2) ?? 0,
            FillColor = row.Name == "karez" ? Colors.SteelBlue : Colors.LightGray,
            Label = Label(row.Sample),
        }).ToList();
        var drawn = plot.Add.Bars(bars);
        drawn.Horizontal = true;
        drawn.ValueLabelStyle.FontSize = 12;
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericManual(
            [.. rows.Select((_, i) => (double)i)], [.. rows.Select(row => row.Name)]);
        plot.Axes.Margins(left: 0, right: 0.25);
        plot.Title(figure.Title);
        plot.XLabel($"{figure.Unit}, {(figure.MoreIsBetter ? "more" : "less")} is better");
        plot.SavePng(path, 1000, 120 + (rows.Count * 36));
    }

    private static string Label(Sample sample)
    {
        var value = Texts.Number(sample.Median);
        return sample.RatioToKarez is { } ratio ? $" {value}  ({Texts.Number(ratio)} of karez)" : $" {value}";
    }
}
