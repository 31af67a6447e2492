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
        var text = Text(terminal, given);
        var problems = new List<Problem>();
        return VlessLink.Parse(text, problems) ?? throw new CommandException(problems);
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

        if (!File.Exists(given))
        {
            throw new CommandException(
                "that is neither a link nor a file", "put the link in quotes: 'vless://...'", ExitCode.WrongUse);
        }


        using var file = new StringReader(System.Text.Encoding.UTF8.GetString(InputFile.Read(given)));
        return FirstLink(file);
    }

    private static string FirstLink(TextReader reader)
    {
        for (var i = 0; i < 1000 && reader.ReadLine() is { } line; i++)
        {
            if (line.Trim() is { Length: > 0 } text && !text.StartsWith('#'))
                return text;
        }

        throw new CommandException("there is no link in it", "it should have a line that begins with vless://");
    }
}
