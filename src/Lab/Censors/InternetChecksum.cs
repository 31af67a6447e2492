using System.Buffers.Binary;

namespace Karez.Lab.Censors;

/// <summary>The checksum of IP, TCP and UDP (RFC 1071, RFC 9293 section 3.1).</summary>
internal static class InternetChecksum
{
    public static ushort Of(ReadOnlySpan<byte> octets, uint sum = 0)
    {
        for (; octets.Length >= 2; octets = octets[2..])
            sum += BinaryPrimitives.ReadUInt16BigEndian(octets);
        if (octets.Length == 1)
            sum += (uint)octets[0] << 8;
        while (sum >> 16 != 0)
            sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)~sum;
    }

    public static uint Pseudo(uint source, uint destination, byte protocol, int length) =>
        (source >> 16) + (source & 0xFFFF) + (destination >> 16) + (destination & 0xFFFF) + protocol + (uint)length;
}
