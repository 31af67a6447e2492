using System.Text;

namespace Karez.Proxy.HttpProxy;

/// <summary>Request targets of a proxy: host:port, or http://host[:port]/path (RFC 9112 section 3.2).</summary>
internal static class HttpTarget
{
    /// <summary>
    /// Splits a target; user information, another scheme or an octet outside printable ASCII is refused.
    /// </summary>
    public static bool TryRead(
        ReadOnlySpan<byte> target,
        bool isTunnel,
        out Destination destination,
        out ReadOnlySpan<byte> authority,
        out ReadOnlySpan<byte> path)
    {
        destination = default;
        authority = target;
        path = default;
        if (target.IndexOfAnyExceptInRange((byte)0x21, (byte)0x7E) >= 0)
            return false;
        if (!isTunnel)
        {
            if (target.Length < 8 || !Ascii.EqualsIgnoreCase(target[..7], "http://"u8))
                return false;
            authority = target[7..];
            var end = authority.IndexOfAny((byte)'/', (byte)'?');
            if (end >= 0)
            {
                path = authority[end..];
                authority = authority[..end];
            }

            if (path.Contains((byte)'#'))
                return false;
        }

        if (authority.Length > Destination.MaxName + 6)
            return false;
        Span<char> text = stackalloc char[authority.Length];
        Encoding.ASCII.GetChars(authority, text);
        return Destination.TryParse(text, out destination, isTunnel ? 0 : 80);
    }
}
