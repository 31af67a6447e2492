using System.Globalization;
using Karez.EndToEnd.Figures;
using Spectre.Console;

namespace Karez.EndToEnd.Report;

/// <summary>The tables on the terminal, and the same as Markdown for the docs.</summary>
internal static class Texts
{
    /// <summary>Three significant digits.</summary>
    public static string Number(double? value) => value switch
    {
        null => "-",
        >= 1000 => value.Value.ToString("N0", CultureInfo.InvariantCulture),
        >= 100 => value.Value.ToString("0", CultureInfo.InvariantCulture),
        >= 10 => value.Value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.Value.ToString("0.00", CultureInfo.InvariantCulture),
    };

    public static void Print(Results results, IAnsiConsole console)
    {
        foreach (var figure in Shown(results))
        {
            var table = new Table().Title($"{figure.Title} ({figure.Unit})").AddColumns(
                "tool", "median", "least..most", "of karez", "interval");
            foreach (var (name, sample) in Rows(results, figure))
            {
                table.AddRow(Markup.Escape(name), Number(sample.Median),
                    $"{Number(sample.Least)}..{Number(sample.Most)}", Number(sample.RatioToKarez),
                    $"{Number(sample.RatioLow)}..{Number(sample.RatioHigh)}");
            }

            console.Write(table);
        }
    }

    public static string Markdown(Results results)
    {
        var text = new System.Text.StringBuilder();
        foreach (var figure in Shown(results))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n### {figure.Title} ({figure.Unit})\n\n");
            text.Append("| tool | median | least..most | of karez (interval) |\n|---|---|---|---|\n");
            foreach (var (name, sample) in Rows(results, figure))
            {
                text.Append(CultureInfo.InvariantCulture, $"| {name} | {Number(sample.Median)} ");
                text.Append(CultureInfo.InvariantCulture, $"| {Number(sample.Least)}..{Number(sample.Most)} ");
                text.Append(CultureInfo.InvariantCulture, $"| {Number(sample.RatioToKarez)} ");
                text.Append(CultureInfo.InvariantCulture,
                    $"({Number(sample.RatioLow)}..{Number(sample.RatioHigh)}) |\n");
            }
        }

        return text.ToString();
    }

    private static IEnumerable<Figure> Shown(Results results) =>
        Figure.All.Where(figure => Rows(results, figure).Any());

    private static IEnumerable<(string Name, Sample Sample)> Rows(Results results, Figure figure) => results.Tools
        .Where(tool => tool.Figures.GetValueOrDefault(figure.Key)?.Median is not null)
        .Select(tool => (tool.Name, tool.Figures[figure.Key]));
}
