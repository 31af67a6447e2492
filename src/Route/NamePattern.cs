namespace Karez.Route;

/// <summary>A pattern of names, in lower case.</summary>
/// <param name="Kind">One kind.</param>
/// <param name="Value">A name, letters of one, or an expression.</param>
public readonly record struct NamePattern(NameKinds Kind, string Value)
{
    /// <summary>Reads what docs/protocols/route.md lists; without a prefix it is a suffix.</summary>
    public static bool TryParse(string text, out NamePattern pattern)
    {
        ArgumentNullException.ThrowIfNull(text);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var kind = (colon < 0 ? "" : text[..colon]) switch
        {
            "" => NameKinds.Suffix,
            "domain" or "suffix" => NameKinds.Suffix,
            "full" => NameKinds.Full,
            "keyword" => NameKinds.Keyword,
            "regexp" or "regex" => NameKinds.Regex,
            _ => NameKinds.None,
        };
        var value = text[(colon + 1)..];
        if (kind == NameKinds.Suffix && colon < 0)
            value = value.StartsWith("*.", StringComparison.Ordinal) ? value[2..] : value.TrimStart('.');
        return TryMake(kind, value, out pattern);
    }

    /// <summary>Makes one, where the value can be one of the kind.</summary>
    public static bool TryMake(NameKinds kind, string value, out NamePattern pattern)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (kind != NameKinds.Regex)
            value = value.ToLowerInvariant();
        if (kind is NameKinds.Full or NameKinds.Suffix)
            value = value.TrimEnd('.');
        pattern = new NamePattern(kind, value);
        return kind switch
        {
            NameKinds.Full or NameKinds.Suffix => IsName(value),
            NameKinds.Keyword => value.Length is >= 1 and <= MaxName && System.Text.Ascii.IsValid(value),
            NameKinds.Regex => value.Length is >= 1 and <= MaxRegex && System.Text.Ascii.IsValid(value),
            _ => false,
        };
    }

    /// <summary>As it is written.</summary>
    public override string ToString() => Kind switch
    {
        NameKinds.Suffix => Value,
        NameKinds.Regex => $"regexp:{Value}",
        _ => $"{Kind.ToString().ToLowerInvariant()}:{Value}",
    };

    /// <summary>Whether it is letters, digits, hyphens and underscores in labels, at most 253 in 32 of them.</summary>
    internal static bool IsName(ReadOnlySpan<char> value)
    {
        if (value.Length is 0 or > MaxName || value[0] == '.' || value[^1] == '.')
            return false;
        var labels = 1;
        for (var i = 0; i < value.Length; i++)
        {
            var letter = value[i];
            if (letter == '.')
            {
                if (value[i - 1] == '.' || ++labels > MaxLabels)
                    return false;
            }
            else if (!char.IsAsciiLetterLower(letter) && !char.IsAsciiDigit(letter) && letter is not ('-' or '_'))
            {
                return false;
            }
        }

        return true;
    }

    internal const int MaxName = 253;
    internal const int MaxLabels = 32; // ours; the deepest name of the public lists has eight
    internal const int MaxRegex = 250;
}
