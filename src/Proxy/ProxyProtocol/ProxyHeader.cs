using System.Buffers.Binary;
using System.Net;

namespace Karez.Proxy.ProxyProtocol;

/// <summary>
/// The header of HAProxy's PROXY protocol, version 2 (docs/protocols/proxy-protocol.md): who is calling, in front of
/// what he says.
/// </summary>
/// <remarks>
/// <code>
///  signature 12 | version 2, command u8 | family u8 | length u16 | source, destination, ports
/// </code>
/// Source: haproxy.org/download/1.8/doc/proxy-protocol.txt, section 2.2.
/// </remarks>
public static class ProxyHeader
{
    /// <summary>The longest header that is written: IPv6.</summary>
    public const int MaxLength = Fixed + (2 * 16) + 4;

    private const int Fixed = 16;
    private const byte Local = 0x20;
    private const byte Proxied = 0x21;
    private const byte TcpOverIPv4 = 0x11;
    private const byte TcpOverIPv6 = 0x21;

    private static ReadOnlySpan<byte> Signature =>
        [0x0D, 0x0A, 0x0D, 0x0A, 0, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A];

    /// <summary>Writes the header of a connection that is carried for somebody.</summary>
    /// <param name="source">Who is calling.</param>
    /// <param name="destination">Whom he called. An IPv4 address beside an IPv6 one is written in IPv6 form.</param>
    /// <param name="octets">At least <see cref="MaxLength"/> octets.</param>
    /// <returns>Octets written.</returns>
    public static int Write(IPEndPoint source, IPEndPoint destination, Span<byte> octets)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(destination);
        Span<byte> from = stackalloc byte[16];
        Span<byte> to = stackalloc byte[16];
        source.Address.TryWriteBytes(from, out var length);
        destination.Address.TryWriteBytes(to, out var other);
        if (length != other)
        {
            source.Address.MapToIPv6().TryWriteBytes(from, out length);
            destination.Address.MapToIPv6().TryWriteBytes(to, out _);
        }

        Begin(Proxied, length == 4 ? TcpOverIPv4 : TcpOverIPv6, (2 * length) + 4, octets);
        var rest = octets[Fixed..];
        from[..length].CopyTo(rest);
        to[..length].CopyTo(rest[length..]);
        BinaryPrimitives.WriteUInt16BigEndian(rest[(2 * length)..], (ushort)source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(rest[((2 * length) + 2)..], (ushort)destination.Port);
        return Fixed + (2 * length) + 4;
    }

    /// <summary>Writes the header of a connection that the node makes for itself.</summary>
    /// <param name="octets">At least 16 octets.</param>
    /// <returns>Octets written.</returns>
    public static int WriteLocal(Span<byte> octets)
    {
        Begin(Local, 0, 0, octets);
        return Fixed;
    }

    private static void Begin(byte command, byte family, int length, Span<byte> octets)
    {
        Signature.CopyTo(octets);
        octets[12] = command;
        octets[13] = family;
        BinaryPrimitives.WriteUInt16BigEndian(octets[14..], (ushort)length);
    }
}
