using System.Text;

namespace Karez.Proxy.HttpProxy;

/// <summary>What a head's fields say about its body, and which of them end at a proxy.</summary>
internal static class HttpFields
{
    /// <summary>Finds out how a request's body ends; false if that could be read in two ways.</summary>
    public static bool TryReadBody(ReadOnlySpan<byte> fields, out HttpBodyKind kind, out long length)
    {
        (kind, length) = (HttpBodyKind.None, 0);
        var (lengths, codings) = (0, 0);
        while (HttpHead.TryNextField(ref fields, out _, out var name, out var value))
        {
            if (HttpHead.NameIs(name, "content-length"u8))
            {
                if (!TryReadLength(value, out var stated) || (lengths > 0 && stated != length))
                    return false;
                (length, lengths) = (stated, lengths + 1);
            }
            else if (HttpHead.NameIs(name, "transfer-encoding"u8))
            {
                if (!HttpHead.NameIs(value, "chunked"u8))
                    return false;
                codings++;
            }
        }

        if (codings > 1 || (codings > 0 && lengths > 0))
            return false;
        kind = codings > 0 ? HttpBodyKind.Chunked : length > 0 ? HttpBodyKind.Length : HttpBodyKind.None;
        return true;
    }

    /// <summary>Copies the fields that do not end at a proxy.</summary>
    /// <param name="fields">The field lines.</param>
    /// <param name="withHost">False to leave out Host, too.</param>
    /// <param name="destination">At least as long as the fields.</param>
    /// <returns>Octets written.</returns>
    public static int CopyEndToEnd(ReadOnlySpan<byte> fields, bool withHost, Span<byte> destination)
    {
        var all = fields;
        var written = 0;
        while (HttpHead.TryNextField(ref fields, out var line, out var name, out _))
        {
            if (IsHopByHop(name) || IsNominated(all, name) || (!withHost && HttpHead.NameIs(name, "host"u8)))
                continue;
            line.CopyTo(destination[written..]);
            written += line.Length;
        }

        return written;
    }

    private static bool IsHopByHop(ReadOnlySpan<byte> name) =>
        HttpHead.NameIs(name, "connection"u8)
        || HttpHead.NameIs(name, "keep-alive"u8)
        || HttpHead.NameIs(name, "te"u8)
        || HttpHead.NameIs(name, "upgrade"u8)
        || (name.Length >= 6 && HttpHead.NameIs(name[..6], "proxy-"u8));

    /// <summary>
    /// True if a Connection field names it; what decides about framing cannot be taken away like that.
    /// </summary>
    private static bool IsNominated(ReadOnlySpan<byte> fields, ReadOnlySpan<byte> name)
    {
        if (HttpHead.NameIs(name, "content-length"u8) || HttpHead.NameIs(name, "transfer-encoding"u8))
            return false;
        while (HttpHead.TryNextField(ref fields, out _, out var field, out var value))
        {
            if (!HttpHead.NameIs(field, "connection"u8))
                continue;
            foreach (var range in value.Split((byte)','))
            {
                if (Ascii.EqualsIgnoreCase(value[range].Trim(" \t"u8), name))
                    return true;
            }
        }

        return false;
    }

    private static bool TryReadLength(ReadOnlySpan<byte> value, out long length)
    {
        length = 0;
        if (value.Length is < 1 or > 18)
            return false;
        foreach (var digit in value)
        {
            if (!char.IsAsciiDigit((char)digit))
                return false;
            length = (length * 10) + digit - '0';
        }

        return true;
    }
}
