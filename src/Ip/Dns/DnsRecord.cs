using System.Buffers.Binary;

namespace Karez.Ip.Dns;

/// <summary>A resource record: name, type, class, TTL, length, data (RFC 1035 section 4.1.3).</summary>
/// <param name="Type">The type.</param>
/// <param name="Class">The class; of OPT the size that the sender takes.</param>
/// <param name="Ttl">Seconds.</param>
/// <param name="TtlAt">Where the TTL stands.</param>
/// <param name="DataAt">Where the data begins.</param>
/// <param name="DataLength">Octets of data.</param>
public readonly record struct DnsRecord(
    DnsType Type, ushort Class, uint Ttl, int TtlAt, int DataAt, int DataLength)
{
    /// <summary>Reads the record at a position and moves behind it; moves nothing when there is none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, ref int at, out DnsRecord record)
    {
        record = default;
        var end = DnsName.Skip(message, at);
        if (end < 0 || end + 10 > message.Length)
            return false;
        var fixedPart = message[end..];
        var length = BinaryPrimitives.ReadUInt16BigEndian(fixedPart[8..]);
        if (end + 10 + length > message.Length)
            return false;
        record = new DnsRecord(
            (DnsType)BinaryPrimitives.ReadUInt16BigEndian(fixedPart),
            BinaryPrimitives.ReadUInt16BigEndian(fixedPart[2..]),
            BinaryPrimitives.ReadUInt32BigEndian(fixedPart[4..]),
            end + 4,
            end + 10,
            length);
        at = end + 10 + length;
        return true;
    }
}
