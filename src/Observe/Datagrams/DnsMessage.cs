using System.Text;
using Karez.Observe.Packets;
using Karez.Wire;

namespace Karez.Observe.Datagrams;

/// <summary>A DNS message as an observer reads it (RFC 1035 section 4).</summary>
public sealed class DnsMessage
{
    /// <summary>A.</summary>
    public const ushort A = 1;

    /// <summary>CNAME.</summary>
    public const ushort Cname = 5;

    /// <summary>AAAA.</summary>
    public const ushort Aaaa = 28;

    private const int MaxRecords = 64; // Our limit.
    private const int MaxName = 255; // RFC 1035 section 2.3.4.

    private DnsMessage()
    {
    }

    /// <summary>The id.</summary>
    public ushort Id { get; private set; }

    /// <summary>Flags and codes, the whole second word.</summary>
    public ushort Flags { get; private set; }

    /// <summary>Whether it answers.</summary>
    public bool IsAnswer => (Flags & 0x8000) != 0;

    /// <summary>RCODE: 0 no error, 3 no such name.</summary>
    public int Code => Flags & 0x0F;

    /// <summary>What is asked, lower case, without the last dot.</summary>
    public string Question { get; private set; } = "";

    /// <summary>The type that is asked for.</summary>
    public ushort QuestionType { get; private set; }

    /// <summary>Records of the answer section; at most 64.</summary>
    public IReadOnlyList<DnsRecord> Answers { get; private set; } = [];

    /// <summary>Reads a message with exactly one question.</summary>
    /// <returns>Null when it is none, or malformed before the end of its question.</returns>
    public static DnsMessage? Read(ReadOnlySpan<byte> message)
    {
        var reader = new WireReader(message);
        if (!reader.TryReadUInt16(out var id) || !reader.TryReadUInt16(out var flags)
            || !reader.TryReadUInt16(out var questions) || questions != 1
            || !reader.TryReadUInt16(out var answers)
            || !reader.TryReadUInt16(out _) || !reader.TryReadUInt16(out _))
            return null;
        var at = 12;
        if (!TryReadName(message, ref at, out var name))
            return null;
        reader = new WireReader(message[at..]);
        if (!reader.TryReadUInt16(out var type) || !reader.TryReadUInt16(out _))
            return null;
        var read = new DnsMessage { Id = id, Flags = flags, Question = name, QuestionType = type };
        read.Answers = ReadRecords(message, at + 4, Math.Min((int)answers, MaxRecords));
        return read;
    }

    private static List<DnsRecord> ReadRecords(ReadOnlySpan<byte> message, int at, int count)
    {
        var records = new List<DnsRecord>();
        while (records.Count < count && TryReadName(message, ref at, out var name))
        {
            var reader = new WireReader(message[at..]);
            if (!reader.TryReadUInt16(out var type) || !reader.TryReadUInt16(out _)
                || !reader.TryReadUInt32(out var lifetime) || !reader.TryReadVector16(out var data))
                break;
            var dataAt = at + 10;
            at = dataAt + data.Length;
            NetAddress? address = (type, data.Length) is (A, 4) or (Aaaa, 16) ? NetAddress.From(data) : null;
            var target = type == Cname && TryReadName(message, ref dataAt, out var alias) ? alias : null;
            records.Add(new DnsRecord(name, type, lifetime, address, target));
        }

        return records;
    }

    // A pointer has to point backwards, so that reading ends.
    private static bool TryReadName(ReadOnlySpan<byte> message, ref int at, out string name)
    {
        name = "";
        var text = new StringBuilder();
        var (position, limit, jumped) = (at, message.Length, false);
        while (position < limit)
        {
            var length = message[position];
            if (length == 0)
            {
                if (!jumped)
                    at = position + 1;
                name = text.ToString();
                return true;
            }

            if ((length & 0xC0) == 0xC0)
            {
                if (position + 1 >= message.Length)
                    return false;
                var target = ((length & 0x3F) << 8) | message[position + 1];
                if (target >= position)
                    return false;
                if (!jumped)
                    at = position + 2;
                (limit, position, jumped) = (position, target, true);
                continue;
            }

            if ((length & 0xC0) != 0 || position + 1 + length > limit || text.Length + length > MaxName)
                return false;
            if (text.Length > 0)
                text.Append('.');
            foreach (var octet in message.Slice(position + 1, length))
                text.Append(octet is > 32 and < 127 ? char.ToLowerInvariant((char)octet) : '?');
            position += 1 + length;
        }

        return false;
    }
}
