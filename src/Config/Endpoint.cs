using System.Globalization;
using System.Net;

namespace Karez.Config;

/// <summary>A place to listen at or connect to: a host and a port, or a Unix socket's path.</summary>
/// <param name="Host">A name in lower case, an address without brackets, or the socket's path.</param>
/// <param name="Port">The port; null for a Unix socket.</param>
public sealed record Endpoint(string Host, int? Port)
{
    /// <summary>Whether this is a Unix socket.</summary>
    public bool IsUnix => Port is null;

    /// <summary>The address, if the host is one.</summary>
    public IPAddress? Address => !IsUnix && IPAddress.TryParse(Host, out var address) ? address : null;

    /// <summary>Reads <c>HOST</c>, <c>HOST:PORT</c>, <c>[IPv6]:PORT</c> or <c>unix:PATH</c>.</summary>
    /// <param name="text">The written form; port 0 is allowed (any free port).</param>
    /// <param name="defaultPort">The port of a bare host; null if the port must be written.</param>
    /// <param name="endpoint">The result.</param>
    public static bool TryParse(
        string? text, int? defaultPort, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Endpoint? endpoint)
    {
        endpoint = null;
        if (string.IsNullOrEmpty(text))
            return false;
        if (text.StartsWith("unix:", StringComparison.Ordinal))
        {
            // 107 octets is what sockaddr_un holds beside its terminator.
            var path = text["unix:".Length..];
            if (path.Length == 0 || System.Text.Encoding.UTF8.GetByteCount(path) > 107)
                return false;
            endpoint = new Endpoint(path, null);
            return true;
        }

        if (!TrySplit(text, out var host, out var portText) || !HostName.TryNormalize(host, out var normal))
            return false;
        if (portText is null)
        {
            if (defaultPort is null)
                return false;
            endpoint = new Endpoint(normal, defaultPort);
            return true;
        }

        if (!ushort.TryParse(portText, NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            return false;
        endpoint = new Endpoint(normal, port);
        return true;
    }

    /// <summary>The written form, IPv6 in brackets.</summary>
    public override string ToString() =>
        IsUnix ? "unix:" + Host
        : Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}"
        : $"{Host}:{Port}";

    private static bool TrySplit(string text, out string host, out string? port)
    {
        port = null;
        if (text[0] == '[')
        {
            var end = text.IndexOf(']', StringComparison.Ordinal);
            host = text;
            if (end < 0)
                return false;
            host = text[..(end + 1)];
            var rest = text[(end + 1)..];
            if (rest.Length == 0)
                return true;
            port = rest[1..];
            return rest[0] == ':';
        }

        var colon = text.LastIndexOf(':');
        if (colon < 0 || text.IndexOf(':', StringComparison.Ordinal) != colon)
        {
            // No colon, or a bare IPv6 address without a port.
            host = text;
            return true;
        }

        host = text[..colon];
        port = text[(colon + 1)..];
        return true;
    }
}
