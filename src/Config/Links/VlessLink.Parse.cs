using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Karez.Config.Links;

public sealed partial class VlessLink
{
    private const string Scheme = "vless://";

    /// <summary>Reads a link, collecting every problem by the key's name; no problem repeats a secret.</summary>
    /// <returns>The link, or null if there was a problem.</returns>
    public static VlessLink? Parse(string text, ICollection<Problem> problems)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(problems);
        text = text.Trim();
        if (text.Length > MaxLength)
        {
            problems.Add(new("link", $"longer than {MaxLength} characters", "copy one link only"));
            return null;
        }

        if (!text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            problems.Add(new("link", "does not begin with vless://", "copy the whole vless:// link"));
            return null;
        }

        var before = problems.Count;
        var body = text[Scheme.Length..];
        var (rest, fragment) = Cut(body, '#');
        var (authority, query) = Cut(rest, '?');
        var name = DecodeName(fragment ?? "", problems);
        var place = ParseAuthority(authority, problems);
        var keys = new LinkQuery(query ?? "", problems);
        var link = FromKeys(place, keys, name, problems);
        keys.RefuseTheRest();
        return problems.Count > before ? null : link;
    }

    private static VlessLink? FromKeys(
        (Guid Id, string Host, int Port) place, LinkQuery keys, string name, ICollection<Problem> problems)
    {
        keys.Demand("encryption", "none", "none", "VLESS encryption is not spoken; ask for a link without it");
        keys.Demand("security", "reality", null, "only REALITY is spoken; ask for a link with security=reality");
        if (!keys.Demand("type", ["tcp", "raw"], "tcp", "only plain TCP is spoken; ask for a link with type=tcp"))
            keys.DropTransport();
        keys.Demand("headerType", "none", "none", "HTTP disguise of TCP is not spoken; ask for headerType=none");
        keys.Demand("fm", [""], "", "finalmask is not spoken; ask for a link without it");
        keys.Demand("packetEncoding", ["xudp", "none"], "xudp", "only xudp is spoken; take the key out");

        var flow = keys.Take("flow") ?? "";
        if (flow is not ("" or VisionFlow or VisionUdp443Flow))
            problems.Add(new("flow", "not a flow that is spoken", $"{VisionFlow}, {VisionUdp443Flow} or nothing"));
        var serverName = TakeServerName(keys, place.Host, problems);
        var fingerprint = TakeFingerprint(keys, problems);
        var publicKey = TakeKey(keys, "pbk", 32, required: true, problems);
        var mlDsaKey = TakeKey(keys, "pqv", 1952, required: false, problems);
        var shortId = TakeShortId(keys, problems);
        var spiderPath = keys.Take("spx") is { Length: > 0 } path ? path : "/";
        keys.IgnoreInert();
        if (serverName is null || publicKey is null || shortId is null || place.Host.Length == 0)
            return null;
        return new VlessLink
        {
            Id = place.Id,
            Host = place.Host,
            Port = place.Port,
            Flow = flow,
            ServerName = serverName,
            Fingerprint = fingerprint,
            PublicKey = publicKey,
            MlDsaKey = mlDsaKey,
            ShortId = shortId,
            SpiderPath = spiderPath,
            Name = name,
            Notes = keys.Notes,
        };
    }

    private static (Guid Id, string Host, int Port) ParseAuthority(string authority, ICollection<Problem> problems)
    {
        var at = authority.LastIndexOf('@');
        var idText = at < 0 ? "" : authority[..at];
        var hostPort = authority[(at + 1)..].TrimEnd('/');
        if (!TryDecode(idText, out var decoded) || !VlessId.TryParse(decoded, out var id))
        {
            problems.Add(new("id", "missing, or not an id", "the part before the @ is a UUID, or 1 to 30 characters"));
            id = default;
        }

        var colon = hostPort.LastIndexOf(':');
        var closed = hostPort.LastIndexOf(']');
        if (colon <= closed)
        {
            problems.Add(new("port", "missing", "write the port after the host, for example :443"));
            colon = hostPort.Length;
        }
        else if (!TryPort(hostPort[(colon + 1)..], out _))
        {
            problems.Add(new("port", "not 1 to 65535", "write the port after the host, for example :443"));
        }

        var hostText = hostPort[..colon];
        var bareV6 = hostText.Contains(':', StringComparison.Ordinal) && !hostText.StartsWith('[');
        if (bareV6 || !TryDecode(hostText, out var plain) || !HostName.TryNormalize(plain, out var host))
        {
            problems.Add(new("host", "not a host name or address", "IPv6 goes in brackets: [2001:db8::1]:443"));
            host = "";
        }

        TryPort(colon < hostPort.Length ? hostPort[(colon + 1)..] : "", out var port);
        return (id, host, port);
    }

    private static bool TryPort(string text, out int port)
    {
        port = 0;
        if (!ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0)
            return false;
        port = number;
        return true;
    }

    private static string? TakeServerName(LinkQuery keys, string host, ICollection<Problem> problems)
    {
        var sni = keys.Take("sni");
        if (sni is null or "")
        {
            if (host.Length > 0 && !HostName.IsAddress(host))
                return host;
            problems.Add(new("sni", "missing, and the node is given by address", "ask for the site's name"));
            return null;
        }

        if (HostName.TryNormalize(sni, out var name) && !HostName.IsAddress(name))
            return name;
        problems.Add(new("sni", "not a host name", "it is the name of the borrowed site, such as www.example.com"));
        return null;
    }

    private static string TakeFingerprint(LinkQuery keys, ICollection<Problem> problems)
    {
        var fp = keys.Take("fp") is { Length: > 0 } given ? given : "chrome";
        if (!Fingerprints.IsKnown(fp))
            problems.Add(new("fp", "not a browser", "one of: " + string.Join(", ", Fingerprints.Known)));
        else if (Fingerprints.ProfileOf(fp) is null)
            keys.Note($"fp={fp} is not offered; {Fingerprints.Fallback} is used in its place.");
        return fp;
    }

    private static string? TakeKey(LinkQuery keys, string key, int octets, bool required, ICollection<Problem> problems)
    {
        var text = keys.Take(key);
        if (text is null or "")
        {
            if (required)
                problems.Add(new(key, "missing", "it is the node's public key; copy the whole link"));
            return null;
        }

        if (KeyText.TryDecode(text, new byte[octets]))
            return text;
        var length = KeyText.LengthOf(octets);
        problems.Add(new(key, $"not {octets} octets in base64url", $"{length} characters, none of them = + or /"));
        return null;
    }

    private static string? TakeShortId(LinkQuery keys, ICollection<Problem> problems)
    {
        var sid = keys.Take("sid") ?? "";
        if (sid.Length <= 16 && sid.Length % 2 == 0 && sid.All(char.IsAsciiHexDigit))
            return sid.ToLowerInvariant();
        problems.Add(new("sid", "not a short id", "an even number of hexadecimal digits, at most 16"));
        return null;
    }

    private static string DecodeName(string fragment, ICollection<Problem> problems)
    {
        if (!TryDecode(fragment, out var name))
            problems.Add(new("name", "not percent-encoded UTF-8", "the part after # is encoded like a URL"));
        // A name is shown on terminals: no escape sequence may come in through it.
        else if (name.Any(char.IsControl) || name.Length > 256)
            problems.Add(new("name", "has control characters or is longer than 256", "change the part after #"));
        return name;
    }

    /// <summary>
    /// Decodes percent escapes strictly: every escape is two digits, the result is UTF-8, plus is plus.
    /// </summary>
    internal static bool TryDecode(string text, [NotNullWhen(true)] out string value)
    {
        value = "";
        var source = Encoding.UTF8.GetBytes(text);
        var octets = new byte[source.Length];
        var length = 0;
        for (var i = 0; i < source.Length; i++)
        {
            if (source[i] != '%')
            {
                octets[length++] = source[i];
                continue;
            }

            if (i + 2 >= source.Length || !char.IsAsciiHexDigit((char)source[i + 1])
                || !char.IsAsciiHexDigit((char)source[i + 2]))
                return false;
            octets[length++] = Convert.FromHexString(Encoding.ASCII.GetString(source, i + 1, 2))[0];
            i += 2;
        }

        if (!System.Text.Unicode.Utf8.IsValid(octets.AsSpan(0, length)))
            return false;
        value = Encoding.UTF8.GetString(octets, 0, length);
        return true;
    }

    private static (string Before, string? After) Cut(string text, char at)
    {
        var index = text.IndexOf(at, StringComparison.Ordinal);
        return index < 0 ? (text, null) : (text[..index], text[(index + 1)..]);
    }
}
