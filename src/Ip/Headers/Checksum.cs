using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Karez.Ip.Headers;

/// <summary>The Internet checksum (RFC 1071), and changing it by difference (RFC 1624).</summary>
public static class Checksum
{
    /// <summary>The checksum of octets: to be written big-endian; 0 when it is over a valid one.</summary>
    public static ushort Of(ReadOnlySpan<byte> octets) => (ushort)~Fold(Sum(octets));

    /// <summary>The checksum of a transport payload, header and all, under its pseudo header.</summary>
    public static ushort Of(ReadOnlySpan<byte> payload, IpProtocol protocol, HostAddress from, HostAddress to) =>
        (ushort)~Fold(Sum(payload) + Fold(PseudoSum(payload.Length, protocol, from, to)));

    /// <summary>
    /// The pseudo header's sum, folded and not complemented: what stands in the field while the rest is owed.
    /// </summary>
    public static ushort Pseudo(int length, IpProtocol protocol, HostAddress from, HostAddress to) =>
        Fold(PseudoSum(length, protocol, from, to));

    /// <summary>The sum of big-endian 16-bit words, not folded; an odd last octet is a high one.</summary>
    public static ulong Sum(ReadOnlySpan<byte> octets)
    {
        // The sum does not depend on the octets' order within words (RFC 1071 section 2.B), so whole machine words are
        // added, and the two halves exchanged at the end.
        ulong sum = 0;
        var words = MemoryMarshal.Cast<byte, uint>(octets);
        ulong other = 0;
        var i = 0;
        for (; i + 1 < words.Length; i += 2)
        {
            sum += words[i];
            other += words[i + 1];
        }

        if (i < words.Length)
            sum += words[i];
        sum += other;
        var rest = octets[(words.Length * 4)..];
        if (rest.Length >= 2)
        {
            sum += MemoryMarshal.Read<ushort>(rest);
            rest = rest[2..];
        }

        if (!rest.IsEmpty)
            sum += BitConverter.IsLittleEndian ? rest[0] : (ulong)rest[0] << 8;
        var folded = Fold(sum);
        return BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(folded) : folded;
    }

    /// <summary>Adds the carries until 16 bits are left.</summary>
    public static ushort Fold(ulong sum)
    {
        sum = (sum & 0xFFFF_FFFF) + (sum >> 32);
        sum = (sum & 0xFFFF) + (sum >> 16);
        sum = (sum & 0xFFFF) + (sum >> 16);
        sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)sum;
    }

    /// <summary>A checksum after words that summed to one value sum to another.</summary>
    /// <param name="checksum">As it stands in the header.</param>
    /// <param name="before">The words' sum before.</param>
    /// <param name="after">The words' sum after.</param>
    public static ushort Update(ushort checksum, uint before, uint after) =>
        (ushort)~Fold((ulong)(ushort)~checksum + (ushort)~Fold(before) + Fold(after));

    /// <summary>The same for a field that holds a sum that is not complemented (<see cref="Pseudo"/>).</summary>
    public static ushort UpdateSum(ushort sum, uint before, uint after) =>
        Fold((ulong)sum + (ushort)~Fold(before) + Fold(after));

    private static uint PseudoSum(int length, IpProtocol protocol, HostAddress from, HostAddress to) =>
        from.WordSum() + to.WordSum() + (uint)(length >> 16) + (uint)(length & 0xFFFF) + (byte)protocol;
}
