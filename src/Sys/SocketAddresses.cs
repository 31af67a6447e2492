using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Karez.Sys;

/// <summary>struct sockaddr_in, sockaddr_in6 and sockaddr_un as octets.</summary>
public static class SocketAddresses
{
    /// <summary>Room for any address this class writes or reads.</summary>
    public const int MaxSize = 112;

    /// <summary>
    /// Writes an end point; an IPv4 one is written as ::ffff:a.b.c.d when <paramref name="asIPv6"/> is set.
    /// Returns the octets written, 0 for an end point that has no form here (a path of more than 107 octets).
    /// </summary>
    public static int Encode(EndPoint endPoint, Span<byte> address, bool asIPv6 = false)
    {
        address[..MaxSize].Clear();
        return endPoint switch
        {
            IPEndPoint ip when ip.AddressFamily == AddressFamily.InterNetworkV6 || asIPv6 => EncodeIPv6(ip, address),
            IPEndPoint ip => EncodeIPv4(ip, address),
            UnixDomainSocketEndPoint unix => EncodeUnix(unix, address),
            _ => 0,
        };
    }

    /// <summary>
    /// Reads an address; an IPv4 address in IPv6 form comes out as IPv4. Null for a Unix socket without a name
    /// and for families not known here.
    /// </summary>
    public static EndPoint? Decode(ReadOnlySpan<byte> address)
    {
        if (address.Length < 2) return null;
        switch (BitConverter.ToUInt16(address))
        {
            case InterNetwork when address.Length >= IPv4Size:
                return new IPEndPoint(new IPAddress(address.Slice(4, 4)), PortOf(address));
            case InterNetworkV6 when address.Length >= IPv6Size:
                var octets = address.Slice(8, 16);
                if (octets.StartsWith(s_mappedPrefix))
                    return new IPEndPoint(new IPAddress(octets[12..]), PortOf(address));
                return new IPEndPoint(new IPAddress(octets, BitConverter.ToUInt32(address[24..])), PortOf(address));
            case Unix when address.Length > 2:
                return DecodeUnix(address[2..]);
            default:
                return null;
        }
    }

    /// <summary>The address family number (AF_INET, AF_INET6, AF_UNIX) for an end point.</summary>
    public static int FamilyOf(EndPoint endPoint) => endPoint.AddressFamily switch
    {
        AddressFamily.InterNetwork => InterNetwork,
        AddressFamily.InterNetworkV6 => InterNetworkV6,
        AddressFamily.Unix => Unix,
        _ => 0,
    };

    private static int PortOf(ReadOnlySpan<byte> address) => BinaryPrimitives.ReadUInt16BigEndian(address[2..]);

    private static int EncodeIPv4(IPEndPoint endPoint, Span<byte> address)
    {
        BitConverter.TryWriteBytes(address, (ushort)InterNetwork);
        BinaryPrimitives.WriteUInt16BigEndian(address[2..], (ushort)endPoint.Port);
        endPoint.Address.TryWriteBytes(address.Slice(4, 4), out _);
        return IPv4Size;
    }

    private static int EncodeIPv6(IPEndPoint endPoint, Span<byte> address)
    {
        BitConverter.TryWriteBytes(address, (ushort)InterNetworkV6);
        BinaryPrimitives.WriteUInt16BigEndian(address[2..], (ushort)endPoint.Port);
        if (endPoint.AddressFamily == AddressFamily.InterNetwork)
        {
            s_mappedPrefix.CopyTo(address[8..]);
            endPoint.Address.TryWriteBytes(address.Slice(20, 4), out _);
            return IPv6Size;
        }

        endPoint.Address.TryWriteBytes(address.Slice(8, 16), out _);
        BitConverter.TryWriteBytes(address[24..], (uint)endPoint.Address.ScopeId);
        return IPv6Size;
    }

    private static int EncodeUnix(UnixDomainSocketEndPoint endPoint, Span<byte> address)
    {
        // The framework writes an abstract name as '@name'; the kernel wants a leading zero.
        var path = Encoding.UTF8.GetBytes(endPoint.ToString());
        if (path.Length is 0 or > MaxPath) return 0;
        BitConverter.TryWriteBytes(address, (ushort)Unix);
        path.CopyTo(address[2..]);
        if (path[0] != '@') return 2 + path.Length + 1;
        address[2] = 0;
        return 2 + path.Length;
    }

    private static UnixDomainSocketEndPoint? DecodeUnix(ReadOnlySpan<byte> path)
    {
        if (path[0] == 0)
            return path.Length > 1 ? new UnixDomainSocketEndPoint("\0" + Encoding.UTF8.GetString(path[1..])) : null;
        var end = path.IndexOf((byte)0);
        return new UnixDomainSocketEndPoint(Encoding.UTF8.GetString(end < 0 ? path : path[..end]));
    }

    private static ReadOnlySpan<byte> s_mappedPrefix => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF];

    internal const int Unix = 1;
    internal const int InterNetwork = 2;
    internal const int InterNetworkV6 = 10;
    private const int IPv4Size = 16;
    private const int IPv6Size = 28;
    private const int MaxPath = 107;
}
