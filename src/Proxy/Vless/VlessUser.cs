using System.Security.Cryptography;
using System.Text;

namespace Karez.Proxy.Vless;

/// <summary>User ids: how text becomes one, and how they are compared.</summary>
public static class VlessUser
{
    /// <summary>
    /// Reads an id: 32-36 octets of hexadecimal with optional dashes between the groups, or 1-30 octets of any text,
    /// which
    /// is mapped to a UUID version 5 with the zero namespace. Other lengths are refused.
    /// </summary>
    public static bool TryParseId(ReadOnlySpan<char> text, out Guid id)
    {
        id = default;
        if (text.Length > 36)
            return false;
        Span<byte> octets = stackalloc byte[16 + (36 * 3)];
        octets[..16].Clear();
        var length = Encoding.UTF8.GetBytes(text, octets[16..]);
        return length switch
        {
            >= 1 and <= 30 => Map(octets[..(16 + length)], out id),
            >= 32 and <= 36 => TryReadHex(text, out id),
            _ => false,
        };
    }

    /// <summary>The id with octets 6 and 7 zeroed: what a server looks people up by.</summary>
    public static Guid WithoutRoute(Guid id)
    {
        Span<byte> octets = stackalloc byte[16];
        id.TryWriteBytes(octets, bigEndian: true, out _);
        octets[6..8].Clear();
        return new Guid(octets, bigEndian: true);
    }

    private static bool Map(ReadOnlySpan<byte> namespaceAndText, out Guid id)
    {
        Span<byte> digest = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // RFC 9562 section 5.5 is SHA-1; nothing rests on its strength.
        SHA1.HashData(namespaceAndText, digest);
#pragma warning restore CA5350
        digest[6] = (byte)((digest[6] & 0x0F) | 0x50);
        digest[8] = (byte)((digest[8] & 0x3F) | 0x80);
        id = new Guid(digest[..16], bigEndian: true);
        return true;
    }

    private static bool TryReadHex(ReadOnlySpan<char> text, out Guid id)
    {
        id = default;
        Span<byte> octets = stackalloc byte[16];
        var at = 0;
        for (var i = 0; i < 16; i++)
        {
            // A dash may stand before octets 4, 6, 8 and 10, and (harmlessly, as in Xray) before the first.
            if (i is 0 or 4 or 6 or 8 or 10 && at < text.Length && text[at] == '-')
                at++;
            if (at + 2 > text.Length || Convert.FromHexString(text.Slice(at, 2), octets[i..], out _, out _) != default)
                return false;
            at += 2;
        }

        if (at != text.Length)
            return false;
        id = new Guid(octets, bigEndian: true);
        return true;
    }
}
