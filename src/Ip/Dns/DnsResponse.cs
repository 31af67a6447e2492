using System.Buffers.Binary;
using Karez.Ip.Headers;

namespace Karez.Ip.Dns;

/// <summary>Reads and shapes responses of other servers.</summary>
public static class DnsResponse
{
    /// <summary>Whether a message answers a query: its id, and its question to the letter.</summary>
    public static bool Answers(ReadOnlySpan<byte> message, ReadOnlySpan<byte> query)
    {
        var end = DnsName.Skip(query, DnsQuery.HeaderLength) + 4;
        return message.Length >= end && message.Length <= DnsQuery.MaxMessage
            && message[..2].SequenceEqual(query[..2])
            && (message[2] & 0xF8) == 0x80
            && BinaryPrimitives.ReadUInt16BigEndian(message[4..]) == 1
            && message[DnsQuery.HeaderLength..end].SequenceEqual(query[DnsQuery.HeaderLength..end]);
    }

    /// <summary>Its code.</summary>
    /// <param name="message">A message with a header.</param>
    public static DnsCode CodeOf(ReadOnlySpan<byte> message) => (DnsCode)(message[3] & 0xF);

    /// <summary>Whether it was cut short.</summary>
    /// <param name="message">A message with a header.</param>
    public static bool IsTruncated(ReadOnlySpan<byte> message) => (message[2] & 2) != 0;

    /// <summary>
    /// How long it may be kept: the least TTL of its records, for a negative one the SOA's (RFC 2308 section 5).
    /// </summary>
    /// <returns>False when it is not well-formed, or not to be kept.</returns>
    public static bool TryReadLifetime(ReadOnlySpan<byte> message, out TimeSpan lifetime)
    {
        lifetime = default;
        if (!TryStart(message, out var at, out var answers, out var others))
            return false;
        var least = uint.MaxValue;
        var isNegative = answers == 0;
        for (var i = 0; i < answers + others; i++)
        {
            if (!DnsRecord.TryRead(message, ref at, out var record))
                return false;
            if (record.Type == DnsType.Opt)
                continue;
            var ttl = record.Ttl > int.MaxValue ? 0 : record.Ttl; // RFC 2181 section 8
            least = Math.Min(least, ttl);
            if (isNegative && record is { Type: DnsType.Soa, DataLength: >= 22 })
                least = Math.Min(
                    least, BinaryPrimitives.ReadUInt32BigEndian(message[(record.DataAt + record.DataLength - 4)..]));
        }

        if (CodeOf(message) is not (DnsCode.NoError or DnsCode.NoSuchName) || least == uint.MaxValue)
            return false;
        var longest = isNegative ? s_longestNegative : s_longest;
        var seconds = TimeSpan.FromSeconds(least);
        lifetime = seconds < s_shortest ? s_shortest : seconds > longest ? longest : seconds;
        return true;
    }

    /// <summary>Takes time off every TTL, in place; down to one second.</summary>
    public static void Age(Span<byte> message, TimeSpan by)
    {
        if (!TryStart(message, out var at, out var answers, out var others))
            return;
        var seconds = (uint)Math.Max(0, by.TotalSeconds);
        for (var i = 0; i < answers + others && DnsRecord.TryRead(message, ref at, out var record); i++)
        {
            if (record.Type == DnsType.Opt)
                continue;
            var left = record.Ttl > seconds ? record.Ttl - seconds : 1;
            BinaryPrimitives.WriteUInt32BigEndian(message[record.TtlAt..], Math.Max(1, left));
        }
    }

    /// <summary>The addresses among its answers.</summary>
    /// <returns>How many were written.</returns>
    public static int ReadAddresses(ReadOnlySpan<byte> message, Span<HostAddress> addresses)
    {
        if (!TryStart(message, out var at, out var answers, out _))
            return 0;
        var count = 0;
        for (var i = 0; i < answers && count < addresses.Length; i++)
        {
            if (!DnsRecord.TryRead(message, ref at, out var record))
                break;
            var data = message.Slice(record.DataAt, record.DataLength);
            if (record is { Type: DnsType.A, DataLength: 4 })
                addresses[count++] = HostAddress.ReadIPv4(data);
            else if (record is { Type: DnsType.Aaaa, DataLength: 16 })
                addresses[count++] = HostAddress.ReadIPv6(data);
        }

        return count;
    }

    private static bool TryStart(ReadOnlySpan<byte> message, out int at, out int answers, out int others)
    {
        (at, answers, others) = (0, 0, 0);
        if (message.Length < DnsQuery.HeaderLength || BinaryPrimitives.ReadUInt16BigEndian(message[4..]) != 1)
            return false;
        at = DnsName.Skip(message, DnsQuery.HeaderLength) + 4;
        answers = BinaryPrimitives.ReadUInt16BigEndian(message[6..]);
        others = BinaryPrimitives.ReadUInt16BigEndian(message[8..])
            + BinaryPrimitives.ReadUInt16BigEndian(message[10..]);
        return at >= DnsQuery.HeaderLength + 5 && at <= message.Length && answers + others <= MaxRecords;
    }

    private static readonly TimeSpan s_shortest = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_longest = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_longestNegative = TimeSpan.FromMinutes(5);
    private const int MaxRecords = 256; // our limit; 4,096 octets hold 372 of the smallest
}
