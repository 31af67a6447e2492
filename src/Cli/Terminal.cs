using System.Text;

namespace Karez.Cli;

/// <summary>Where a command reads and writes: answers to standard output, information to standard error.</summary>
public sealed class Terminal
{
    private readonly Lazy<TextReader> _input;

    /// <summary>The process's own streams.</summary>
    /// <remarks>
    /// What nobody looks at is written past the console, whose set-up takes a tenth of a short command.
    /// </remarks>
    public Terminal()
        : this(
            new Lazy<TextReader>(() => Console.In),
            Console.IsOutputRedirected ? Plain(Console.OpenStandardOutput()) : Console.Out,
            Console.IsErrorRedirected ? Plain(Console.OpenStandardError()) : Console.Error)
    {
        OutputIsTerminal = !Console.IsOutputRedirected;
        var plain = Environment.GetEnvironmentVariable("TERM") is null or "dumb";
        ErrorIsTerminal = !Console.IsErrorRedirected && !plain;
        InputIsTerminal = !Console.IsInputRedirected;
        Width = ErrorIsTerminal || OutputIsTerminal ? Math.Max(20, Console.WindowWidth) : DefaultWidth;
    }

    /// <summary>Given streams, none of them a terminal.</summary>
    public Terminal(TextReader input, TextWriter output, TextWriter error)
        : this(new Lazy<TextReader>(input), output, error)
    {
    }

    private Terminal(Lazy<TextReader> input, TextWriter output, TextWriter error)
    {
        _input = input;
        Output = output;
        Error = error;
    }

    /// <summary>What answers are as wide as when nobody looks.</summary>
    public const int DefaultWidth = 80;

    /// <summary>Standard input.</summary>
    public TextReader Input => _input.Value;

    /// <summary>Standard output: the answer.</summary>
    public TextWriter Output { get; }

    /// <summary>Standard error: everything else.</summary>
    public TextWriter Error { get; }

    /// <summary>Whether someone looks at the answer.</summary>
    public bool OutputIsTerminal { get; init; }

    /// <summary>Whether someone looks at the information.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>Whether someone would have to type the input.</summary>
    public bool InputIsTerminal { get; init; }

    /// <summary>Columns.</summary>
    public int Width { get; init; } = DefaultWidth;

    private static TextWriter Plain(Stream stream) =>
        TextWriter.Synchronized(new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false))
        {
            AutoFlush = true,
        });

    /// <summary>Says something to whoever looks.</summary>
    public void Inform(string line) => Error.WriteLine(Printable(line));

    /// <summary>Text without what would move a terminal's cursor or colour it.</summary>
    public static string Printable(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.Any(char.IsControl))
            return text;
        var clean = new StringBuilder(text.Length);
        foreach (var c in text)
            clean.Append(char.IsControl(c) ? '?' : c);
        return clean.ToString();
    }
}
