using System.Globalization;
using System.Text;
using Karez.Crypto;

namespace Karez.Camouflage.Browser;

/// <summary>Turns templates into operations; one compiler a profile, so that GREASE names are shared.</summary>
internal sealed class TemplateCompiler
{
    private const int MaxNames = 32;
    private const int MaxRandom = 4096;

    private readonly List<string> _greaseNames = [];
    private readonly List<NamedGroup> _shares = [];
    private readonly List<ProfileProblem> _problems = [];

    /// <summary>Number of GREASE values a hello draws.</summary>
    public int GreaseCount => _greaseNames.Count;

    /// <summary>Groups of the key shares, in the order of the templates.</summary>
    public IReadOnlyList<NamedGroup> Shares => _shares;

    /// <summary>Everything that was wrong so far.</summary>
    public IReadOnlyList<ProfileProblem> Problems => _problems;

    /// <summary>Notes a problem.</summary>
    public void Report(string path, string what) => _problems.Add(new ProfileProblem(path, what));

    /// <summary>Compiles one template; problems are noted.</summary>
    public TemplateOp[] Compile(string path, string template)
    {
        var ops = new List<TemplateOp>();
        var depth = 0;
        foreach (var word in Words(template))
        {
            if (Word(word) is not { } op)
            {
                Report(path, $"'{word}' is no word of a template");
                continue;
            }

            depth += op.Kind switch
            {
                TemplateOpKind.Open8 or TemplateOpKind.Open16 or TemplateOpKind.Open24 => 1,
                TemplateOpKind.Close => -1,
                _ => 0,
            };
            if (depth < 0)
                break;
            ops.Add(op);
        }

        if (depth != 0)
            Report(path, "a vector is opened and not closed, or closed and not opened");
        return [.. ops];
    }

    // A closing bracket may follow its word without a space.
    private static IEnumerable<string> Words(string template)
    {
        foreach (var run in template.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var word = run.TrimEnd(']');
            if (word.Length > 0)
                yield return word;
            for (var i = word.Length; i < run.Length; i++)
                yield return "]";
        }
    }

    private TemplateOp? Word(string word) => word switch
    {
        "[8" => Plain(TemplateOpKind.Open8),
        "[16" => Plain(TemplateOpKind.Open16),
        "[24" => Plain(TemplateOpKind.Open24),
        "]" => Plain(TemplateOpKind.Close),
        "{name}" => Plain(TemplateOpKind.Name),
        "{alpn}" => Plain(TemplateOpKind.Alpn),
        "{x25519}" => Plain(TemplateOpKind.PublicKey),
        ['\'', .. var text, '\''] when Ascii.IsValid(text) =>
            Octets(TemplateOpKind.Literal, Encoding.ASCII.GetBytes(text)),
        ['{', .. var inner, '}'] when inner.Split(':', 2) is [var kind, { Length: > 0 } argument] =>
            kind switch
            {
                "grease" => Grease(argument),
                "random" => Random(argument),
                "one" => OneOf(argument),
                "share" => Share(argument),
                _ => null,
            },
        _ => Hex(word) is { } octets ? Octets(TemplateOpKind.Literal, octets) : null,
    };

    private static TemplateOp Plain(TemplateOpKind kind) => new(kind, [], []);

    private static TemplateOp Octets(TemplateOpKind kind, params byte[][] octets) => new(kind, octets, []);

    private TemplateOp? Grease(string name)
    {
        var slot = _greaseNames.IndexOf(name);
        if (slot < 0)
        {
            if (_greaseNames.Count == MaxNames)
                return null;
            slot = _greaseNames.Count;
            _greaseNames.Add(name);
        }

        return new TemplateOp(TemplateOpKind.Grease, [], [slot]);
    }

    private static TemplateOp? Random(string lengths)
    {
        var numbers = new List<int>();
        foreach (var length in lengths.Split('|'))
        {
            if (!int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || number is < 1 or > MaxRandom)
                return null;
            numbers.Add(number);
        }

        return new TemplateOp(TemplateOpKind.Random, [], [.. numbers]);
    }

    private static TemplateOp? OneOf(string alternatives)
    {
        var choices = alternatives.Split('|').Select(Hex).ToArray();
        return choices.Contains(null) ? null : Octets(TemplateOpKind.OneOf, choices!);
    }

    private TemplateOp? Share(string group)
    {
        if (Hex(group) is not [var high, var low])
            return null;
        var named = (NamedGroup)((high << 8) | low);
        if (!Enum.IsDefined(named) || _shares.Contains(named))
            return null;
        _shares.Add(named);
        return new TemplateOp(TemplateOpKind.Share, [], [(int)named]);
    }

    private static byte[]? Hex(string text)
    {
        if (text.Length == 0 || text.Length % 2 != 0 || text.AsSpan().ContainsAnyExcept(HexDigits))
            return null;
        return Convert.FromHexString(text);
    }

    private static readonly System.Buffers.SearchValues<char> HexDigits =
        System.Buffers.SearchValues.Create("0123456789abcdef");
}
