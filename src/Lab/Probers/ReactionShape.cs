using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Karez.Observe;

namespace Karez.Lab.Probers;

/// <summary>Describes octets so that answers of one server are equal, and of different stacks are not.</summary>
public static partial class ReactionShape
{
    private const int MaxRecords = 24;

    /// <summary>Describes what came back.</summary>
    public static string Describe(ReadOnlySpan<byte> octets)
    {
        if (octets.IsEmpty)
            return "nothing";
        var splitter = new RecordSplitter();
        var records = new List<RecordSight>();
        splitter.Feed(octets, records);
        return records.Count > 0 ? Records(octets, records) : Plain(octets);
    }

    private static string Records(ReadOnlySpan<byte> octets, List<RecordSight> records)
    {
        var text = new StringBuilder();
        foreach (var record in records.Take(MaxRecords))
        {
            var at = (int)record.Offset;
            var body = octets[(at + 5)..(at + record.Length)];
            text.Append(text.Length > 0 ? " " : "");
            text.Append(CultureInfo.InvariantCulture, $"{octets[at]}:{record.Length}");
            if (octets[at] == 21 && body.Length == 2)
                text.Append(CultureInfo.InvariantCulture, $"[alert {body[0]} {body[1]}]");
            if (octets[at] == 22 && body.Length > 38 && body[0] == 2)
                text.Append('[').Append(ServerHello(body)).Append(']');
        }

        if (records.Count > MaxRecords)
            text.Append(CultureInfo.InvariantCulture, $" and {records.Count - MaxRecords} more");
        return text.ToString();
    }

    /// <summary>Version, suite and extensions in their order; random, session id and key are left out.</summary>
    private static string ServerHello(ReadOnlySpan<byte> message)
    {
        var retry = message.Slice(6, 4).SequenceEqual((ReadOnlySpan<byte>)[0xCF, 0x21, 0xAD, 0x74]);
        var at = 38 + 1 + message[38];
        if (at + 5 > message.Length)
            return "cut";
        var text = new StringBuilder(retry ? "retry " : "");
        text.Append(CultureInfo.InvariantCulture, $"id{message[38]} {message[at]:x2}{message[at + 1]:x2}");
        for (at += 5; at + 4 <= message.Length;)
        {
            var length = (message[at + 2] << 8) | message[at + 3];
            text.Append(CultureInfo.InvariantCulture, $" {message[at]:x2}{message[at + 1]:x2}/{length}");
            at += 4 + length;
        }

        return text.ToString();
    }

    private static string Plain(ReadOnlySpan<byte> octets)
    {
        if (!octets.StartsWith("HTTP/"u8))
            return $"{octets.Length} octets {Convert.ToHexStringLower(octets[..Math.Min(16, octets.Length)])}";
        var text = Volatile().Replace(Encoding.Latin1.GetString(octets), "");
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.Latin1.GetBytes(text)))[..12];
        return $"{text.Split('\r', '\n')[0]} {text.Length} octets {hash}";
    }

    [GeneratedRegex(@"^(date|last-modified|etag|expires):[^\n]*\n", RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex Volatile();
}
