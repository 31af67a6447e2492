namespace Karez.Ip.Dns;

/// <summary>
/// Reads names: labels of a length octet and up to 63 others, ended by an empty one, or continued elsewhere by a
/// pointer (RFC 1035 sections 3.1 and 4.1.4).
/// </summary>
public static class DnsName
{
    /// <summary>The longest name as text, without its last dot.</summary>
    public const int MaxText = 253;

    /// <summary>The longest name on the wire.</summary>
    public const int MaxWire = 255;

    /// <summary>Finds the end of a name, following no pointer.</summary>
    /// <returns>The position behind it, or -1.</returns>
    public static int Skip(ReadOnlySpan<byte> message, int at)
    {
        for (var total = 0; (uint)at < (uint)message.Length;)
        {
            int length = message[at];
            if (length == 0)
                return at + 1;
            if ((length & 0xC0) == 0xC0)
                return at + 2 <= message.Length ? at + 2 : -1;
            total += length + 1;
            if (length > MaxLabel || total >= MaxWire)
                return -1;
            at += length + 1;
        }

        return -1;
    }

    /// <summary>
    /// Reads a name as lower-case text with dots between its labels; "" is the root. Octets that are no letter, digit,
    /// hyphen or underscore make it unreadable as text.
    /// </summary>
    /// <param name="message">The whole message.</param>
    /// <param name="at">Where the name begins.</param>
    /// <param name="text">At least <see cref="MaxText"/> characters.</param>
    /// <param name="length">Characters written.</param>
    /// <returns>What it is.</returns>
    public static DnsNameKind TryRead(ReadOnlySpan<byte> message, int at, Span<char> text, out int length)
    {
        length = 0;
        var kind = DnsNameKind.Host;
        var jumps = 0;
        for (var total = 0; (uint)at < (uint)message.Length;)
        {
            int label = message[at];
            if ((label & 0xC0) == 0xC0)
            {
                if (at + 1 >= message.Length || ++jumps > MaxJumps)
                    return DnsNameKind.Broken;
                var target = ((label & 0x3F) << 8) | message[at + 1];
                if (target >= at)
                    return DnsNameKind.Broken; // only what came before: no circle is possible
                at = target;
                continue;
            }

            if (label == 0)
                return kind;
            total += label + 1;
            if (label > MaxLabel || total >= MaxWire || at + label >= message.Length)
                return DnsNameKind.Broken;
            if (length > 0)
                text[length++] = '.';
            foreach (var octet in message.Slice(at + 1, label))
            {
                var letter = char.ToLowerInvariant((char)octet);
                if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_'))
                    (kind, letter) = (DnsNameKind.Other, '?');
                text[length++] = letter;
            }

            at += label + 1;
        }

        return DnsNameKind.Broken;
    }

    /// <summary>Writes a name in text as labels; lower and upper case stay.</summary>
    /// <returns>Octets written; 0 when it is no name or there is no room.</returns>
    public static int Write(ReadOnlySpan<char> text, Span<byte> destination)
    {
        if (text.Length > MaxText)
            return 0;
        var at = 0;
        while (!text.IsEmpty)
        {
            var end = text.IndexOf('.');
            var label = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];
            if (label.Length is 0 or > MaxLabel || at + label.Length + 2 > destination.Length
                || (end >= 0 && text.IsEmpty))
                return 0;
            destination[at++] = (byte)label.Length;
            foreach (var letter in label)
            {
                if (letter > 0x7E)
                    return 0;
                destination[at++] = (byte)letter;
            }
        }

        if (at >= destination.Length)
            return 0;
        destination[at++] = 0;
        return at;
    }

    private const int MaxLabel = 63;
    private const int MaxJumps = 32; // our limit
}
