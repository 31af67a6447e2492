using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Karez.Config;

/// <summary>Host names and addresses as people write them, brought to the form that the wire carries.</summary>
public static class HostName
{
    /// <summary>
    /// Brings a host to its wire form: lower case, punycode, addresses canonical and without brackets.
    /// </summary>
    /// <returns>False if it is neither a name nor an address.</returns>
    public static bool TryNormalize(string text, [NotNullWhen(true)] out string? host)
    {
        ArgumentNullException.ThrowIfNull(text);
        host = null;
        var bracketed = text.Length > 2 && text[0] == '[' && text[^1] == ']';
        if (bracketed || text.Contains(':', StringComparison.Ordinal))
        {
            var inner = bracketed ? text[1..^1] : text;
            if (!inner.Contains(':', StringComparison.Ordinal) || inner.Contains('%', StringComparison.Ordinal)
                || !IPAddress.TryParse(inner, out var v6))
                return false;
            host = v6.ToString();
            return true;
        }

        if (IsDottedQuad(text))
        {
            host = text;
            return true;
        }

        var name = ToAscii(text);
        if (name is null || !IsName(name))
            return false;
        host = name;
        return true;
    }

    /// <summary>Whether the text is a DNS name in ASCII whose last label is not a number.</summary>
    public static bool IsName(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length is 0 or > 253)
            return false;
        var labels = text.Split('.');
        return labels.All(IsLabel) && !labels[^1].All(char.IsAsciiDigit);
    }

    /// <summary>Whether the host is an address rather than a name.</summary>
    public static bool IsAddress(string host)
    {
        ArgumentNullException.ThrowIfNull(host);
        return host.Contains(':', StringComparison.Ordinal) || IsDottedQuad(host);
    }

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-'
        && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    // IPAddress also reads "1", "0x7f.1" and octal; a link means none of these.
    private static bool IsDottedQuad(string text)
    {
        var parts = text.Split('.');
        return parts.Length == 4 && parts.All(p =>
            p.Length is > 0 and <= 3 && (p.Length == 1 || p[0] != '0')
            && byte.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out _));
    }

    private static string? ToAscii(string text)
    {
        if (text.Length is 0 or > 253)
            return null;
        // A fully qualified name may end in a dot; the wire's form has none.
        var name = text.EndsWith('.') ? text[..^1] : text;
        if (System.Text.Ascii.IsValid(name))
            return name.ToLowerInvariant();
        try
        {
            return new IdnMapping { UseStd3AsciiRules = true }.GetAscii(name.ToLowerInvariant()).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
