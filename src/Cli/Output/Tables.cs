using System.Globalization;
using Spectre.Console;

namespace Karez.Cli.Output;

/// <summary>Tables for people: plain text when piped, with light lines on a terminal.</summary>
internal static class Tables
{
    public static void Write(Terminal terminal, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        var table = new Table { Border = TableBorder.None, ShowHeaders = true };
        for (var i = 0; i < columns.Count; i++)
        {
            // Two spaces between columns, none at either end of a line.
            var last = i == columns.Count - 1;
            table.AddColumn(new TableColumn(new Text(columns[i])).PadLeft(0).PadRight(last ? 0 : 2));
        }

        foreach (var row in rows)
            table.AddRow(row.Select(cell => new Text(Terminal.Printable(cell))));
        using var drawn = new StringWriter(CultureInfo.InvariantCulture);
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new FixedWidth(drawn, terminal),
        });
        console.Write(table);
        // The last column is filled up with spaces; nobody wants to copy those.
        foreach (var line in drawn.ToString().TrimEnd('\n').Split('\n'))
            terminal.Output.WriteLine(line.TrimEnd());
    }

    /// <summary>Octets as people read them.</summary>
    public static string Octets(long count)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB"];
        double number = count;
        var unit = 0;
        while (number >= 1000 && unit < units.Length - 1)
        {
            number /= 1000;
            unit++;
        }

        var format = unit == 0 || number >= 100 ? "0" : "0.0";
        return $"{number.ToString(format, CultureInfo.InvariantCulture)} {units[unit]}";
    }

    private sealed class FixedWidth(TextWriter writer, Terminal terminal) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => false;

        // What is piped is not folded.
        public int Width => terminal.OutputIsTerminal ? terminal.Width : 400;

        public int Height => 40;

        public void SetEncoding(System.Text.Encoding encoding)
        {
            // The terminal's writer has its encoding.
        }
    }
}
