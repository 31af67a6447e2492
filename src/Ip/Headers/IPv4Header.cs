using System.Buffers.Binary;

namespace Karez.Ip.Headers;

/// <summary>Writes IPv4 headers (RFC 791 section 3.1).</summary>
public static class IPv4Header
{
    /// <summary>Octets without options.</summary>
    public const int MinLength = 20;

    /// <summary>Writes a header without options and with its checksum.</summary>
    /// <param name="destination">At least 20 octets.</param>
    /// <param name="total">The packet's octets, header included.</param>
    /// <param name="protocol">What follows.</param>
    /// <param name="from">An IPv4 address.</param>
    /// <param name="to">An IPv4 address.</param>
    public static void Write(Span<byte> destination, int total, IpProtocol protocol, HostAddress from, HostAddress to)
    {
        var header = destination[..MinLength];
        header.Clear();
        header[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)total);
        header[8] = HopLimit;
        header[9] = (byte)protocol;
        from.Write(header[12..]);
        to.Write(header[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], Checksum.Of(header));
    }

    internal const byte HopLimit = 64;
}
