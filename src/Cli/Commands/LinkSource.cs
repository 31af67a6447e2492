using Karez.Config;
using Karez.Config.Links;

namespace Karez.Cli.Commands;

/// <summary>Where a link comes from: the command line, a file, or standard input.</summary>
internal static class LinkSource
{
    /// <summary>Reads a link from what was given: the link itself, a file's name, or <c>-</c>.</summary>
    /// <exception cref="CommandException">There is none, or it is wrong; every problem is told.</exception>
    public static VlessLink Read(Terminal terminal, string given)
    {
        return Read(Text(terminal, given));
    }

    private static VlessLink Read(string text)
    {
        var problems = new List<Problem>();
        return VlessLink.Parse(text, problems) ?? throw new CommandException(problems, ExitCode.WrongUse);
    }

    /// <summary>
    /// Reads the links in what was given: the link itself, or all lines of a file or of standard input. Of several,
    /// those that cannot be used are left out, and it is said.
    /// </summary>
    /// <exception cref="CommandException">There is none that can be used.</exception>
    public static IReadOnlyList<VlessLink> ReadAll(Terminal terminal, string given)
    {
        if (given.Contains("://", StringComparison.Ordinal) || (given == "-" && terminal.InputIsTerminal))
            return [Read(terminal, given)];
        var lines = given == "-" ? Lines(terminal.Input) : Lines(new StringReader(Contents(given)));
        if (lines.Count <= 1)
            return [Read(lines.Count == 1 ? lines[0].Text : throw NoLink())];
        var links = new List<VlessLink>();
        var first = new List<Problem>();
        foreach (var (number, text) in lines)
        {
            var problems = new List<Problem>();
            if (VlessLink.Parse(text, problems) is { } link)
                links.Add(link);
            else
                terminal.Inform($"note: line {number} is left out: {Say(problems[0])}");
            if (first.Count == 0)
                first = problems;
        }

        return links.Count > 0 ? links : throw new CommandException(first, ExitCode.WrongUse);
    }

    private static string Text(Terminal terminal, string given)
    {
        if (given.Contains("://", StringComparison.Ordinal))
            return given;
        if (given == "-")
        {
            if (terminal.InputIsTerminal)
                terminal.Inform("paste the link and press Enter");
            return FirstLink(terminal.Input);
        }

        using var file = new StringReader(Contents(given));
        return FirstLink(file);
    }

    private static string Contents(string path)
    {
        return File.Exists(path)
            ? System.Text.Encoding.UTF8.GetString(InputFile.Read(path))
            : throw new CommandException(
                "that is neither a link nor a file", "put the link in quotes: 'vless://...'", ExitCode.WrongUse);
    }

    private static string FirstLink(TextReader reader)
    {
        for (var i = 0; i < MaxLines && reader.ReadLine() is { } line; i++)
        {
            if (LinkIn(line) is { } text)
                return text;
        }

        throw NoLink();
    }

    private static List<(int Number, string Text)> Lines(TextReader reader)
    {
        var lines = new List<(int, string)>();
        for (var i = 1; i <= MaxLines && lines.Count < MaxLinks && reader.ReadLine() is { } line; i++)
        {
            if (LinkIn(line) is { } text)
                lines.Add((i, text));
        }

        return lines;
    }

    private static string? LinkIn(string line) =>
        line.Trim() is { Length: > 0 } text && !text.StartsWith('#') ? text : null;

    private static string Say(Problem problem) =>
        problem.Path.Length > 0 ? $"{problem.Path}: {problem.What}" : problem.What;

    private static CommandException NoLink() =>
        new("there is no link in it", "it should have a line that begins with vless://", ExitCode.WrongUse);

    private const int MaxLines = 1_000;
    private const int MaxLinks = 64; // as in client.json
}
