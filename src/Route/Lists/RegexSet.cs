using System.Text.RegularExpressions;

namespace Karez.Route.Lists;

/// <summary>Expressions whose matching takes time in proportion to the name, whatever they are.</summary>
internal sealed class RegexSet
{
    private readonly Regex[] _any;
    private readonly string[] _patterns;

    /// <param name="patterns">Those that <see cref="CanUse"/> takes; at least one.</param>
    public RegexSet(IReadOnlyList<string> patterns)
    {
        _patterns = [.. patterns];
        // One automaton for all of them: a name is read once. One that begins a comment spoils the whole.
        var joined = string.Join('|', _patterns.Select(pattern => $"(?:{pattern})"));
        try
        {
            _any = [Make(joined)];
        }
        catch (ArgumentException)
        {
            _any = [.. _patterns.Select(Make)];
        }
    }

    /// <summary>Whether an expression can be used: it can be read, and needs no stepping back.</summary>
    public static bool CanUse(string pattern)
    {
        if (!IsModest(pattern))
            return false;
        try
        {
            Make(pattern);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }

    /// <summary>Whether one is found in a name.</summary>
    public bool IsMatch(ReadOnlySpan<char> name)
    {
        foreach (var regex in _any)
        {
            if (regex.IsMatch(name))
                return true;
        }

        return false;
    }

    /// <summary>The first that is found in a name.</summary>
    public string? Find(string name) => _patterns.FirstOrDefault(pattern => Make(pattern).IsMatch(name));

    /// <summary>
    /// Counted repetitions multiply the automaton; two of at most 63 are enough for names (our limit).
    /// </summary>
    private static bool IsModest(string pattern)
    {
        var counted = 0;
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] != '{')
                continue;
            var number = 0;
            for (i++; i < pattern.Length && pattern[i] != '}'; i++)
            {
                number = char.IsAsciiDigit(pattern[i]) ? (number * 10) + (pattern[i] - '0') : 0;
                if (number > 63)
                    return false;
            }

            if (++counted > 2)
                return false;
        }

        return true;
    }

    private static Regex Make(string pattern) =>
        new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
}
