using System.Buffers;
using System.Text;

namespace Karez.Proxy.HttpProxy;

/// <summary>A message's head in the caller's buffer: start line, field lines, empty line.</summary>
/// <remarks>Only heads that cannot be read in two ways are taken: CR LF, no folding, token names, no control
/// octets.</remarks>
public readonly ref struct HttpHead
{
    /// <summary>The longest head: our limit; the RFC has none.</summary>
    public const int MaxLength = 64 * 1024;

    private static readonly SearchValues<byte> Controls = SearchValues.Create(
        [
            0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21,
            22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 127,
        ]);

    private static readonly SearchValues<byte> TokenOctets = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private HttpHead(ReadOnlySpan<byte> octets, int startLine)
    {
        StartLine = octets[..startLine];
        Fields = octets[(startLine + 2)..^2];
        Length = octets.Length;
    }

    /// <summary>The start line without its CR LF.</summary>
    public ReadOnlySpan<byte> StartLine { get; }

    /// <summary>The field lines, each with its CR LF; read them with <see cref="TryNextField"/>.</summary>
    public ReadOnlySpan<byte> Fields { get; }

    /// <summary>Octets of the whole head, empty line included.</summary>
    public int Length { get; }

    /// <summary>Finds a head at the front of <paramref name="input"/>.</summary>
    public static ParseStatus TryRead(ReadOnlySpan<byte> input, out HttpHead head, out HttpProxyFault fault)
    {
        head = default;
        fault = HttpProxyFault.None;
        var end = input.IndexOf("\r\n\r\n"u8);
        var octets = end < 0 ? input : input[..(end + 4)];
        if (octets.Length > MaxLength)
        {
            fault = HttpProxyFault.HeadTooLong;
            return ParseStatus.Failed;
        }

        if (!HasOnlyWholeLineEnds(octets))
        {
            fault = HttpProxyFault.MalformedHead;
            return ParseStatus.Failed;
        }

        if (end < 0)
            return ParseStatus.NeedInput;
        head = new HttpHead(octets, octets.IndexOf("\r\n"u8));
        var fields = head.Fields;
        while (!fields.IsEmpty)
        {
            if (TryNextField(ref fields, out _, out _, out _))
                continue;
            fault = HttpProxyFault.MalformedHead;
            return ParseStatus.Failed;
        }

        return ParseStatus.Done;
    }

    /// <summary>Takes one field line off the front of <paramref name="fields"/>.</summary>
    /// <param name="fields">The lines not yet read.</param>
    /// <param name="line">The whole line with its CR LF.</param>
    /// <param name="name">The name.</param>
    /// <param name="value">The value without surrounding blanks.</param>
    /// <returns>False at the end, or if the line is no field.</returns>
    public static bool TryNextField(
        ref ReadOnlySpan<byte> fields,
        out ReadOnlySpan<byte> line,
        out ReadOnlySpan<byte> name,
        out ReadOnlySpan<byte> value)
    {
        line = name = value = default;
        var end = fields.IndexOf("\r\n"u8);
        var colon = end < 0 ? -1 : fields[..end].IndexOf((byte)':');
        if (colon < 1 || !IsToken(fields[..colon]))
            return false;
        line = fields[..(end + 2)];
        name = fields[..colon];
        value = fields[(colon + 1)..end].Trim(" \t"u8);
        fields = fields[(end + 2)..];
        return true;
    }

    /// <summary>Compares names without regard to case; <paramref name="lower"/> is in lower case.</summary>
    public static bool NameIs(ReadOnlySpan<byte> name, ReadOnlySpan<byte> lower) =>
        Ascii.EqualsIgnoreCase(name, lower);

    /// <summary>True for RFC 9110's token.</summary>
    public static bool IsToken(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExcept(TokenOctets);

    /// <summary>Finds a bare LF, a bare CR or another control octet, also in a head that is not whole yet.</summary>
    private static bool HasOnlyWholeLineEnds(ReadOnlySpan<byte> octets)
    {
        if (octets.ContainsAny(Controls))
            return false;
        while (octets.IndexOfAny((byte)'\r', (byte)'\n') is >= 0 and var at)
        {
            if (octets[at] == '\n' || (at + 1 < octets.Length && octets[at + 1] != '\n'))
                return false;
            octets = octets[Math.Min(at + 2, octets.Length)..];
        }

        return true;
    }
}
