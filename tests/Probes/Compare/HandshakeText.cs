using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Karez.Probes.Compare;

/// <summary>Describes a server's handshake messages in clear, RFC 8446 section 4 and RFC 5246 section 7.4.</summary>
internal static class HandshakeText
{
    /// <summary>Takes whole messages off the front of <paramref name="pending"/> and describes each.</summary>
    public static void TakeMessages(List<byte> pending, ReadOnlySpan<byte> sent, StringBuilder text)
    {
        while (pending.Count >= 4)
        {
            var length = (pending[1] << 16) | (pending[2] << 8) | pending[3];
            if (pending.Count < 4 + length)
                return;
            byte[] body = [.. pending.GetRange(4, length)];
            text.AppendLine($"  {Describe(pending[0], body, sent)}");
            pending.RemoveRange(0, 4 + length);
        }
    }

    private static string Describe(byte type, ReadOnlySpan<byte> body, ReadOnlySpan<byte> sent) => type switch
    {
        2 => ServerHello(body, sent),
        // the content is the server's identity: compared by octets
        11 => $"certificate {body.Length} {Digest(body)}",
        22 => $"certificate_status {body.Length}",
        // curve type and group; public key and signature are of this connection
        12 when body.Length > 4 => $"server_key_exchange {body.Length} {Convert.ToHexString(body[..4])}",
        13 => $"certificate_request {body.Length} {Digest(body)}",
        4 => $"new_session_ticket {body.Length}",
        _ => $"message {type} {body.Length}",
    };

    private static string ServerHello(ReadOnlySpan<byte> body, ReadOnlySpan<byte> sent)
    {
        if (body.Length < 38 || body.Length < 38 + body[34])
            return $"server_hello malformed {Convert.ToHexString(body)}";
        var random = body.Slice(2, 32);
        var text = new StringBuilder($"server_hello {Convert.ToHexString(body[..2])}");
        if (random.SequenceEqual(RetryRandom))
            text.Append(" retry");
        else if (random[24..31].SequenceEqual("DOWNGRD"u8))
            text.Append($" downgrade{random[31]}");
        var sessionId = body.Slice(35, body[34]);
        var at = 35 + body[34];
        text.Append($" suite={Convert.ToHexString(body.Slice(at, 2))} compression={body[at + 2]}");
        at += 3;
        var extensions = at + 2 <= body.Length ? body[(at + 2)..] : default;
        var list = new StringBuilder();
        while (extensions.Length >= 4)
        {
            int type = BinaryPrimitives.ReadUInt16BigEndian(extensions);
            int length = Math.Min(BinaryPrimitives.ReadUInt16BigEndian(extensions[2..]), extensions.Length - 4);
            var content = extensions.Slice(4, length);
            // of a key share the group is compared, not the share
            var shown = type == 51 && length > 4 ? content[..4] : content;
            list.Append($" {type}:{length}:{Convert.ToHexString(shown)}");
            extensions = extensions[(4 + length)..];
        }

        // TLS 1.3 echoes the client's session id; before that it is the server's own, unless it resumes
        var isEcho = sessionId.Length > 0 && sent.IndexOf(sessionId) >= 0;
        text.Append(isEcho ? " session echoed" : $" session of {sessionId.Length}");
        return text.Append(" extensions").Append(list).ToString();
    }

    private static string Digest(ReadOnlySpan<byte> octets) => Convert.ToHexString(SHA256.HashData(octets))[..16];

    private static ReadOnlySpan<byte> RetryRandom =>
    [
        0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91,
        0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C,
    ];
}
