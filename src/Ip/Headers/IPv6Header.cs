using System.Buffers.Binary;

namespace Karez.Ip.Headers;

/// <summary>Writes IPv6 headers, and finds the end of their chain (RFC 8200 sections 3 and 4).</summary>
public static class IPv6Header
{
    /// <summary>Octets without extension headers.</summary>
    public const int Length = 40;

    /// <summary>Writes a header without extension headers.</summary>
    /// <param name="destination">At least 40 octets.</param>
    /// <param name="payload">Octets that follow.</param>
    /// <param name="protocol">What follows.</param>
    /// <param name="from">An IPv6 address.</param>
    /// <param name="to">An IPv6 address.</param>
    public static void Write(Span<byte> destination, int payload, IpProtocol protocol, HostAddress from, HostAddress to)
    {
        var header = destination[..Length];
        header.Clear();
        header[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], (ushort)payload);
        header[6] = (byte)protocol;
        header[7] = IPv4Header.HopLimit;
        from.Write(header[8..]);
        to.Write(header[24..]);
    }

    internal readonly record struct Walk(
        IpProtocol Protocol, int End, bool HasFragmentHeader, ushort Fragment, uint FragmentId);

    /// <summary>Skips extension headers; of a fragment header it keeps what is in it.</summary>
    internal static PacketFault TryWalk(ReadOnlySpan<byte> packet, out Walk walk)
    {
        walk = new Walk((IpProtocol)packet[6], Length, false, 0, 0);
        for (var headers = 0; ; headers++)
        {
            var rest = packet[walk.End..];
            switch (walk.Protocol)
            {
                case IpProtocol.HopByHop when headers > 0:
                    return PacketFault.BadExtension; // RFC 8200 section 4.1: only the first
                case IpProtocol.HopByHop or IpProtocol.Routing or IpProtocol.DestinationOptions:
                    if (rest.Length < 8 || rest.Length < (rest[1] + 1) * 8)
                        return PacketFault.TooShort;
                    walk = walk with { Protocol = (IpProtocol)rest[0], End = walk.End + ((rest[1] + 1) * 8) };
                    break;
                case IpProtocol.Fragment when walk.HasFragmentHeader:
                    return PacketFault.BadExtension;
                case IpProtocol.Fragment:
                    if (rest.Length < 8)
                        return PacketFault.TooShort;
                    walk = new Walk(
                        (IpProtocol)rest[0], walk.End + 8, true, BinaryPrimitives.ReadUInt16BigEndian(rest[2..]),
                        BinaryPrimitives.ReadUInt32BigEndian(rest[4..]));
                    // What follows in a later part is payload, whatever it looks like.
                    if ((walk.Fragment & 0xFFF8) != 0)
                        return PacketFault.None;
                    break;
                default:
                    return PacketFault.None;
            }

            if (headers >= MaxExtensions)
                return PacketFault.BadExtension;
        }
    }

    private const int MaxExtensions = 8; // our limit
}
