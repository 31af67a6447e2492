using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Karez.Config.Links;

/// <summary>The id of a VLESS account as links write it.</summary>
public static class VlessId
{
    /// <summary>Reads an id: a UUID, or 1 to 30 octets of other text, which stand for a UUID of version 5.</summary>
    /// <remarks>
    /// 32 to 36 characters are a UUID with or without dashes; other text maps to the UUIDv5 in the all-zero
    /// namespace, as Xray-core's common/uuid does.
    /// </remarks>
    public static bool TryParse(string text, out Guid id)
    {
        ArgumentNullException.ThrowIfNull(text);
        var octets = Encoding.UTF8.GetByteCount(text);
        if (octets is >= 32 and <= 36)
            return TryParseUuid(text, out id);
        id = default;
        if (octets is 0 or > 30)
            return false;
        id = FromName(text);
        return true;
    }

    private static bool TryParseUuid(string text, out Guid id)
    {
        id = default;
        var digits = text.Replace("-", "", StringComparison.Ordinal);
        return digits.Length == 32 && DashesAreBetweenGroups(text)
            && Guid.TryParseExact(digits, "N", out id);
    }

    private static bool DashesAreBetweenGroups(string text)
    {
        ReadOnlySpan<int> places = [8, 12, 16, 20];
        var digits = 0;
        var previousWasDash = false;
        foreach (var c in text)
        {
            if (c == '-' && (previousWasDash || !places.Contains(digits)))
                return false;
            previousWasDash = c == '-';
            digits += previousWasDash ? 0 : 1;
        }

        return true;
    }

    [SuppressMessage("Security", "CA5350", Justification = "RFC 9562 section 5.5 fixes SHA-1; nothing rests on it.")]
    private static Guid FromName(string text)
    {
        var input = new byte[16 + Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, input.AsSpan(16));
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(input, hash);
        var octets = hash[..16];
        octets[6] = (byte)((octets[6] & 0x0F) | 0x50);
        octets[8] = (byte)((octets[8] & 0x3F) | 0x80);
        return new Guid(octets, bigEndian: true);
    }
}
