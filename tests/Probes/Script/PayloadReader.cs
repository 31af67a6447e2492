using System.Text;
using System.Text.RegularExpressions;
using Karez.Probes.Hello;

namespace Karez.Probes.Script;

/// <summary>Reads what stands after <c>send</c> and <c>urgent</c>.</summary>
internal static partial class PayloadReader
{
    public static SendStep Send(Line line)
    {
        int pieces = 1, octets = 0, most = int.MaxValue, gap = 0;
        List<Part> parts = [];
        foreach (var part in Joint().Split(line.Rest))
        {
            var words = part.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words is ["in", ..])
            {
                // "in pieces=9 gap=20" / "in octets=1 gap=1000 most=5": how it is written, not what
                var how = Options(line, words.Skip(1));
                pieces = Number(line, how, "pieces", 1);
                octets = Number(line, how, "octets", 0);
                most = Number(line, how, "most", int.MaxValue);
                gap = Number(line, how, "gap", 0);
            }
            else
            {
                parts.Add(ReadPart(line, words, part.Trim()));
            }
        }

        return new SendStep(new Payload(parts), pieces, octets, octets > 0 && most == int.MaxValue ? 64 : most, gap);
    }

    public static Dictionary<string, string> Options(Line line, IEnumerable<string> words) => words
        .Select(w => w.Split('=', 2) is [var k, var v] ? (k, v) : throw line.Wrong($"'{w}' is not key=value"))
        .ToDictionary(p => p.Item1, p => p.Item2, StringComparer.Ordinal);

    public static byte[] Text(Line line, string quoted) => Encoding.Latin1.GetBytes(Unquote(line, quoted));

    private static Part ReadPart(Line line, string[] words, string whole)
    {
        var times = words.FirstOrDefault(w => w.StartsWith("times=", StringComparison.Ordinal));
        var count = times is null ? 1 : int.Parse(times[6..]);
        words = [.. words.Where(w => w != times)];
        switch (words[0])
        {
            case "hex":
                return new LiteralPart(Convert.FromHexString(string.Concat(words.Skip(1))), count);
            case "alert":
                // plaintext alert record: level, description
                return new LiteralPart([21, 3, 3, 0, 2, byte.Parse(words[1]), byte.Parse(words[2])], count);
            case "record":
                return new LiteralPart(Record(line, words), count);
            case "text":
                return new TextPart(Unquote(line, whole[4..].Trim()));
            case "random":
                var drawn = Options(line, words.Skip(2));
                return new RandomPart(int.Parse(words[1]), Number(line, drawn, "seed", 0));
            case "hello":
                var hello = Options(line, words.Skip(1));
                return new HelloPart(
                    HelloSpec.Parse(hello),
                    Number(line, hello, "records", 1),
                    Number(line, hello, "upto", int.MaxValue),
                    Number(line, hello, "from", 0));
            case "captured":
                var captured = Options(line, words.Skip(1));
                return new CapturedPart(
                    captured.GetValueOrDefault("flip"),
                    Number(line, captured, "records", 1),
                    Number(line, captured, "upto", int.MaxValue),
                    Number(line, captured, "from", 0));
            default:
                throw line.Wrong($"'{words[0]}' is nothing that can be sent");
        }
    }

    /// <summary>A record of one type and length, filled with patternless octets: "record 23 0303 100".</summary>
    private static byte[] Record(Line line, string[] words)
    {
        if (words is not [_, var type, var version, var length])
            throw line.Wrong("record TYPE VERSION LENGTH");
        var size = int.Parse(length);
        byte[] body = new Draws($"record/{type}/{length}").Take(size);
        return [byte.Parse(type), .. Convert.FromHexString(version), (byte)(size >> 8), (byte)size, .. body];
    }

    private static int Number(Line line, Dictionary<string, string> options, string key, int otherwise) =>
        !options.TryGetValue(key, out var text) ? otherwise
        : int.TryParse(text, out var n) ? n
        : throw line.Wrong($"{key} is not a number");

    private static string Unquote(Line line, string quoted) =>
        quoted is ['"', .., '"'] ? Regex.Unescape(quoted[1..^1]) : throw line.Wrong("text stands in quotation marks");

    [GeneratedRegex(""" & (?=(?:[^"]*"[^"]*")*[^"]*$)""")]
    private static partial Regex Joint();
}
