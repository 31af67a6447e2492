using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Karez.Config.Links;

/// <summary>The links in what somebody serves: lines, base64 of lines, or sing-box's JSON.</summary>
/// <param name="Links">Those that can be used.</param>
/// <param name="Skipped">How many were passed over.</param>
public sealed record LinkList(IReadOnlyList<VlessLink> Links, int Skipped)
{
    /// <summary>The longest that is read (our limit).</summary>
    public const int MaxLength = 1 << 20;

    /// <summary>The most links that are taken (our limit, as in client.json).</summary>
    public const int MaxLinks = 64;

    private const int MaxLines = 4_096;

    /// <summary>Reads a list, whatever its kind; what is none has no links.</summary>
    public static LinkList Read(ReadOnlySpan<byte> octets)
    {
        if (octets.Length > MaxLength)
            return new LinkList([], 0);
        octets = octets.Trim(" \t\r\n"u8);
        if (octets.StartsWith("\uFEFF"u8))
            octets = octets[3..];
        if (!octets.IsEmpty && octets[0] == (byte)'{')
            return ReadSingBox(octets);
        if (octets.IndexOf("://"u8) >= 0)
            return ReadLines(Encoding.UTF8.GetString(octets));
        return TryDecode(octets, out var decoded) ? ReadLines(decoded) : new LinkList([], 0);
    }

    private static LinkList ReadLines(string text)
    {
        var (links, skipped) = (new List<VlessLink>(), 0);
        foreach (var line in text.Split('\n', MaxLines + 1, StringSplitOptions.TrimEntries).Take(MaxLines))
        {
            if (line.Length == 0 || line[0] == '#')
                continue;
            Add(line, links, ref skipped);
        }

        return new LinkList(links, skipped);
    }

    private static void Add(string text, List<VlessLink> links, ref int skipped)
    {
        if (links.Count < MaxLinks && VlessLink.Parse(text, []) is { } link)
            links.Add(link);
        else
            skipped++;
    }

    /// <summary>Either alphabet, with or without padding, on one line or many.</summary>
    private static bool TryDecode(ReadOnlySpan<byte> octets, out string text)
    {
        text = "";
        var plain = new byte[octets.Length];
        var length = 0;
        foreach (var letter in octets)
        {
            switch (letter)
            {
                case (byte)'\r' or (byte)'\n' or (byte)' ' or (byte)'=':
                    break;
                case (byte)'+':
                    plain[length++] = (byte)'-';
                    break;
                case (byte)'/':
                    plain[length++] = (byte)'_';
                    break;
                default:
                    plain[length++] = letter;
                    break;
            }
        }

        var decoded = new byte[plain.Length];
        if (length % 4 == 1 || Base64Url.DecodeFromUtf8(plain.AsSpan(0, length), decoded, out _, out var written)
            != OperationStatus.Done)
            return false;
        text = Encoding.UTF8.GetString(decoded.AsSpan(0, written));
        return text.Contains("://", StringComparison.Ordinal);
    }

    private static LinkList ReadSingBox(ReadOnlySpan<byte> octets)
    {
        var (links, skipped) = (new List<VlessLink>(), 0);
        try
        {
            using var document = JsonDocument.Parse(
                octets.ToArray(),
                new JsonDocumentOptions { MaxDepth = 16, CommentHandling = JsonCommentHandling.Skip });
            var outbounds = Member(document.RootElement, "outbounds");
            if (outbounds.ValueKind != JsonValueKind.Array)
                return new LinkList([], 0);
            foreach (var outbound in outbounds.EnumerateArray().Take(MaxLines))
            {
                if (outbound.ValueKind == JsonValueKind.Object && Text(outbound, "type") == "vless")
                    Add(LinkOf(outbound), links, ref skipped);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The second is a text that is no Unicode: the parser lets it stand, and fails where it is asked for.
            return new LinkList([], 0);
        }

        return new LinkList(links, skipped);
    }

    /// <summary>
    /// An outbound as the link it was made of; one that lacks something makes a link that is refused.
    /// </summary>
    private static string LinkOf(JsonElement outbound)
    {
        var tls = Member(outbound, "tls");
        var reality = Member(tls, "reality");
        var host = Text(outbound, "server");
        host = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
        var port = Member(outbound, "server_port") is { ValueKind: JsonValueKind.Number } number
            && number.TryGetInt32(out var value)
            ? value.ToString(CultureInfo.InvariantCulture)
            : "";
        var fingerprint = Text(Member(tls, "utls"), "fingerprint");
        string[] query =
        [
            "encryption=none", "type=tcp", reality.ValueKind == JsonValueKind.Object ? "security=reality" : "security=",
            $"flow={Escape(Text(outbound, "flow"))}", $"sni={Escape(Text(tls, "server_name"))}",
            $"pbk={Escape(Text(reality, "public_key"))}", $"sid={Escape(Text(reality, "short_id"))}",
            .. fingerprint.Length > 0 ? (string[])[$"fp={Escape(fingerprint)}"] : [],
        ];
        return $"vless://{Escape(Text(outbound, "uuid"))}@{host}:{port}?{string.Join('&', query)}"
            + $"#{Escape(Text(outbound, "tag"))}";
    }

    private static JsonElement Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) ? member : default;

    private static string Text(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.String } member ? member.GetString() ?? "" : "";

    private static string Escape(string text) => Uri.EscapeDataString(text);
}
