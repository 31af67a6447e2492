using System.Buffers.Binary;

namespace Karez.Lab.Router;

/// <summary>The Internet checksum, whole and incremental.</summary>
public static class Checksums
{
    /// <summary>The checksum of octets (RFC 1071), to which a sum of others may be added.</summary>
    public static ushort Of(ReadOnlySpan<byte> octets, uint sum = 0)
    {
        for (; octets.Length >= 2; octets = octets[2..])
            sum += BinaryPrimitives.ReadUInt16BigEndian(octets);
        if (octets.Length == 1)
            sum += (uint)octets[0] << 8;
        return (ushort)~Fold(sum);
    }

    /// <summary>The sum of the pseudo header of TCP and UDP (RFC 9293 section 3.1).</summary>
    public static uint Pseudo(uint source, uint destination, byte protocol, int length) =>
        (source >> 16) + (source & 0xFFFF) + (destination >> 16) + (destination & 0xFFFF) + protocol + (uint)length;

    /// <summary>A checksum after a 16-bit word that it covers has changed (RFC 1624, equation 3).</summary>
    public static ushort Change(ushort checksum, ushort before, ushort after) =>
        (ushort)~Fold((uint)(ushort)~checksum + (ushort)~before + after);

    /// <summary>The same for a 32-bit word.</summary>
    public static ushort Change(ushort checksum, uint before, uint after) => Change(
        Change(checksum, (ushort)(before >> 16), (ushort)(after >> 16)), (ushort)before, (ushort)after);

    private static ushort Fold(uint sum)
    {
        while (sum >> 16 != 0)
            sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)sum;
    }
}
