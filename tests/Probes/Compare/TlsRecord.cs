using System.Buffers.Binary;

namespace Karez.Probes.Compare;

/// <summary>One record of a captured stream, RFC 8446 section 5.1.</summary>
/// <param name="Type">Content type.</param>
/// <param name="Version">Version in the header.</param>
/// <param name="Length">Length in the header.</param>
/// <param name="Body">What was there of it.</param>
public readonly record struct TlsRecord(byte Type, ushort Version, int Length, ReadOnlyMemory<byte> Body)
{
    /// <summary>Splits a stream; the last record may be cut short; what begins no record is the rest.</summary>
    public static List<TlsRecord> Split(ReadOnlyMemory<byte> stream, out ReadOnlyMemory<byte> rest)
    {
        List<TlsRecord> records = [];
        while (stream.Length >= 5 && LooksLikeRecord(stream.Span))
        {
            var header = stream.Span;
            int length = BinaryPrimitives.ReadUInt16BigEndian(header[3..]);
            var there = Math.Min(length, stream.Length - 5);
            var version = BinaryPrimitives.ReadUInt16BigEndian(header[1..]);
            records.Add(new(header[0], version, length, stream.Slice(5, there)));
            stream = stream[(5 + there)..];
        }

        rest = stream;
        return records;
    }

    /// <summary>True when the octets begin with a record header.</summary>
    public static bool LooksLikeRecord(ReadOnlySpan<byte> octets) =>
        octets.Length >= 3 && octets[0] is >= 20 and <= 24 && octets[1] == 3 && octets[2] <= 4;
}
