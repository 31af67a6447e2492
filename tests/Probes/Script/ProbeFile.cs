namespace Karez.Probes.Script;

/// <summary>Reads probe files; the format is drawn in README.md.</summary>
public static class ProbeFile
{
    /// <summary>Every probe of every file in the folder, in the order of their names.</summary>
    public static IReadOnlyList<Probe> LoadAll(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*.probe").Order(StringComparer.Ordinal)
            .SelectMany(f => Parse(Path.GetFileNameWithoutExtension(f), File.ReadAllText(f))),
    ];

    /// <summary>The probes of one file: one, or one for each value of its <c>for</c> line.</summary>
    public static IEnumerable<Probe> Parse(string name, string text)
    {
        var lines = text.Split('\n').Select((l, i) => new Line(name, i + 1, l.TrimEnd())).ToList();
        var shows = lines.FirstOrDefault(l => l.Text.StartsWith('#'))?.Text.TrimStart('#', ' ')
            ?? throw new ProbeFormatException(name, 1, "the first comment must say what the probe shows");
        lines.RemoveAll(l => l.Text.Length == 0 || l.Text.StartsWith('#'));
        var loop = lines.Find(l => l.Verb == "for");
        if (loop is null)
            return [ParseOne(name, shows, lines)];
        lines.Remove(loop);
        var words = loop.Words;
        if (words is not [_, var variable, "=", _, ..])
            throw loop.Wrong("for NAME = VALUE ...");
        return words.Skip(3).Select(value => ParseOne(
            $"{name}[{value}]", shows, [.. lines.Select(l => l.With(variable, value))]));
    }

    private static Probe ParseOne(string name, string shows, List<Line> lines)
    {
        List<string> targets = [];
        var timed = Timed.Not;
        List<ProbeStep> steps = [];
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines[i];
            switch (line.Verb)
            {
                case "on":
                    targets.AddRange(line.Words.Skip(1));
                    break;
                case "timed":
                    timed = ParseTimed(line, name);
                    break;
                case "client":
                    List<byte[]> typed = [];
                    while (i + 1 < lines.Count && lines[i + 1].Verb == "type")
                        typed.Add(PayloadReader.Text(lines[++i], lines[i].Rest));
                    steps.Add(new ClientStep(line.Words[1..], typed));
                    break;
                default:
                    steps.Add(ParseStep(line));
                    break;
            }
        }

        return new Probe(name, shows, targets, timed, steps);
    }

    /// <summary>"timed close" or "timed first-octet", and of a <c>for</c> the one value that is timed.</summary>
    private static Timed ParseTimed(Line line, string name) => line.Words switch
    {
        [_, _, var value] when !name.EndsWith($"[{value}]", StringComparison.Ordinal) => Timed.Not,
        [_, "close", ..] => Timed.Close,
        [_, "first-octet", ..] => Timed.FirstOctet,
        _ => throw line.Wrong("timed close|first-octet [VALUE]"),
    };

    private static ProbeStep ParseStep(Line line) => line.Verb switch
    {
        "send" => PayloadReader.Send(line),
        "urgent" => new UrgentStep(PayloadReader.Send(line).Payload),
        "wait" => new WaitStep(line.Number(1)),
        "await" => new AwaitStep(line.Number(1)),
        "expect" when line.Words is [_, "nothing", _] => new ExpectNothingStep(line.Number(2)),
        "observe" => new ObserveStep(line.Number(1)),
        "half-close" => new HalfCloseStep(),
        "reset" => new ResetStep(),
        "window" => new WindowStep(line.Number(1)),
        "stop-reading" => new StopReadingStep(),
        "read" => new ReadStep(),
        "visit" => new VisitStep(PayloadReader.Options(line, line.Words.Skip(1))),
        _ => throw line.Wrong($"'{line.Verb}' is no verb"),
    };
}

/// <summary>One line of a probe file and where it stands.</summary>
internal sealed record Line(string File, int Number1, string Text)
{
    public string[] Words => Text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    public string Verb => Words[0];

    public string Rest => Text.TrimStart()[Verb.Length..].Trim();

    public Line With(string variable, string value) =>
        this with { Text = Text.Replace($"{{{variable}}}", value, StringComparison.Ordinal) };

    public int Number(int index) =>
        index < Words.Length && int.TryParse(Words[index], out var n) ? n : throw Wrong("a number is missing");

    public ProbeFormatException Wrong(string what) => new(File, Number1, what);
}
