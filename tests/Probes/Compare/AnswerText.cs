using System.Text;
using System.Text.RegularExpressions;

namespace Karez.Probes.Compare;

/// <summary>
/// Turns an answer into lines that are equal when two answers are equal in everything a stranger can rely on. Masked
/// is only what differs between two connections to one server: randoms, key shares, signatures, tickets, dates.
/// </summary>
public static partial class AnswerText
{
    /// <summary>Describes octets as received: TLS records when they are, octets otherwise.</summary>
    /// <param name="octets">From the server.</param>
    /// <param name="sent">To the server: an echoed session id is recognised by it.</param>
    public static string Describe(ReadOnlyMemory<byte> octets, ReadOnlyMemory<byte> sent = default)
    {
        if (octets.Length == 0)
            return "no octet";
        var text = new StringBuilder();
        var rest = octets;
        if (TlsRecord.LooksLikeRecord(octets.Span))
        {
            var records = TlsRecord.Split(octets, out rest);
            DescribeRecords(records, sent.Span, text);
        }

        if (rest.Length > 0)
            text.Append($"clear {rest.Length}: ").AppendLine(MaskHttp(Encoding.Latin1.GetString(rest.Span)));
        return text.ToString().TrimEnd();
    }

    private static void DescribeRecords(
        IReadOnlyList<TlsRecord> records, ReadOnlySpan<byte> sent, StringBuilder text)
    {
        var encrypted = false;
        List<byte> handshake = [];
        foreach (var record in records)
        {
            text.Append($"record {record.Type} {record.Version:x4} {record.Length}");
            if (record.Body.Length < record.Length)
                text.Append($" cut to {record.Body.Length}");
            var body = record.Body.Span;
            if (record.Type == 21 && body.Length == 2)
                text.Append($" alert {body[0]} {body[1]}");
            text.AppendLine();
            encrypted |= record.Type == 20;
            // after HelloRetryRequest and its ChangeCipherSpec a second ServerHello is still in clear
            if (record.Type != 22 || (encrypted && !IsServerHello(body)))
                continue;
            handshake.AddRange(body);
            HandshakeText.TakeMessages(handshake, sent, text);
        }

        if (handshake.Count > 0)
            text.AppendLine($"  unfinished handshake message: {handshake.Count} octets");
    }

    /// <summary>
    /// Text of an HTTP answer with its date masked. Control characters are written out: no file of results can hold them.
    /// </summary>
    public static string MaskHttp(string text) =>
        Control().Replace(Date().Replace(text, "Date: (masked)"), c => $"\\x{(int)c.Value[0]:x2}");

    private static bool IsServerHello(ReadOnlySpan<byte> body) =>
        body.Length > 40 && body[0] == 2 && ((body[1] << 16) | (body[2] << 8) | body[3]) == body.Length - 4;

    [GeneratedRegex("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f]")]
    private static partial Regex Control();

    [GeneratedRegex(@"[Dd]ate: \w{3}, [^\r\n]{22,25}")]
    private static partial Regex Date();
}
