namespace Karez.Route.Sources;

/// <summary>Names as files have them.</summary>
internal static class NameText
{
    /// <summary>Writes a name in lower case without its last dot; false when it is none.</summary>
    /// <param name="value">What the file has.</param>
    /// <param name="room">Room for <see cref="NamePattern.MaxName"/>.</param>
    /// <param name="length">How much was written.</param>
    public static bool TryLower(ReadOnlySpan<byte> value, Span<byte> room, out int length)
    {
        length = value.Length > 0 && value[^1] == '.' ? value.Length - 1 : value.Length;
        if (length is 0 or > NamePattern.MaxName)
            return false;
        var (labels, label) = (1, 0);
        for (var i = 0; i < length; i++)
        {
            var letter = value[i];
            if (letter == '.')
            {
                if (label == 0 || ++labels > NamePattern.MaxLabels)
                    return false;
                label = -1;
            }
            else if (char.IsAsciiLetterUpper((char)letter))
            {
                letter |= 0x20;
            }
            else if (!char.IsAsciiLetterLower((char)letter) && !char.IsAsciiDigit((char)letter)
                && letter is not ((byte)'-' or (byte)'_'))
            {
                return false;
            }

            label++;
            room[i] = letter;
        }

        return label > 0;
    }

    /// <summary>A list's or a country's code in lower case; null when it is none.</summary>
    public static string? Code(ReadOnlySpan<byte> value)
    {
        if (value.Length is 0 or > MaxCode)
            return null;
        foreach (var letter in value)
        {
            if (letter is <= (byte)' ' or >= 0x7F)
                return null;
        }

        return System.Text.Encoding.ASCII.GetString(value).ToLowerInvariant();
    }

    private const int MaxCode = 64;
}
