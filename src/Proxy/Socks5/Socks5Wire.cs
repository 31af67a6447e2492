using Karez.Wire;

namespace Karez.Proxy.Socks5;

/// <summary>SOCKS5's address form: type (1 IPv4, 3 name, 4 IPv6), address, then port.</summary>
internal static class Socks5Wire
{
    /// <summary>The longest form: a name of 255 octets.</summary>
    public const int MaxAddress = 1 + 1 + Destination.MaxName + 2;

    private const byte IPv4 = 1, Name = 3, IPv6 = 4;

    /// <summary>The reply that tells a failure.</summary>
    public static Socks5Reply ReplyOf(FlowFailure failure) => failure switch
    {
        FlowFailure.Forbidden => Socks5Reply.NotAllowed,
        FlowFailure.NetworkUnreachable => Socks5Reply.NetworkUnreachable,
        FlowFailure.HostUnreachable => Socks5Reply.HostUnreachable,
        FlowFailure.Refused => Socks5Reply.ConnectionRefused,
        FlowFailure.TimedOut => Socks5Reply.TtlExpired,
        _ => Socks5Reply.GeneralFailure,
    };

    /// <summary>Octets that <see cref="WriteAddress"/> will write.</summary>
    public static int AddressLength(in Destination destination) =>
        destination.IsNone ? 7 : 3 + (destination.IsName ? 1 : 0) + destination.HostLength;

    /// <summary>Writes an address; none is written as 0.0.0.0:0.</summary>
    public static void WriteAddress(ref WireWriter writer, in Destination destination)
    {
        Span<byte> host = stackalloc byte[Destination.MaxName];
        host[..4].Clear();
        var length = destination.IsNone ? 4 : destination.WriteHost(host);
        writer.WriteUInt8(destination.Kind switch
        {
            AddressKind.Name => Name,
            AddressKind.IPv6 => IPv6,
            _ => IPv4,
        });
        if (destination.IsName)
            writer.WriteUInt8((byte)length);
        writer.WriteBytes(host[..length]);
        writer.WriteUInt16(destination.Port);
    }

    /// <summary>Reads an address; moves nothing unless <see cref="ParseStatus.Done"/>.</summary>
    /// <param name="reader">Where it stands.</param>
    /// <param name="destination">The address; none if the port is 0 or the name cannot be one.</param>
    public static ParseStatus TryReadAddress(ref WireReader reader, out Destination destination)
    {
        destination = default;
        var attempt = reader;
        if (!attempt.TryReadUInt8(out var type))
            return ParseStatus.NeedInput;
        if (type is not (IPv4 or Name or IPv6))
            return ParseStatus.Failed;
        var whole = type == Name
            ? attempt.TryReadVector8(out var host)
            : attempt.TryReadBytes(type == IPv4 ? 4 : 16, out host);
        if (!whole || !attempt.TryReadUInt16(out var port))
            return ParseStatus.NeedInput;
        reader = attempt;
        _ = type == Name
            ? Destination.TryFromHost(host, port, out destination)
            : Destination.TryFromAddress(host, port, out destination);
        return ParseStatus.Done;
    }
}
