using Karez.Wire;

namespace Karez.Proxy;

/// <summary>Port, address type and address as VLESS and Mux.Cool write them: port first, type codes 1, 2, 3.</summary>
internal static class AddressWire
{
    /// <summary>The longest form: a name of 255 octets.</summary>
    public const int MaxLength = 2 + 1 + 1 + Destination.MaxName;

    /// <summary>Octets that <see cref="Write"/> will write.</summary>
    public static int Length(in Destination destination) =>
        2 + 1 + (destination.IsName ? 1 : 0) + destination.HostLength;

    /// <summary>Writes port, type and address.</summary>
    public static void Write(ref WireWriter writer, in Destination destination)
    {
        Span<byte> host = stackalloc byte[Destination.MaxName];
        var length = destination.WriteHost(host);
        writer.WriteUInt16(destination.Port);
        writer.WriteUInt8((byte)destination.Kind);
        if (destination.IsName)
            writer.WriteUInt8((byte)length);
        writer.WriteBytes(host[..length]);
    }

    /// <summary>Reads port, type and address; moves nothing unless <see cref="ParseStatus.Done"/>.</summary>
    public static ParseStatus TryRead(ref WireReader reader, out Destination destination)
    {
        destination = default;
        var attempt = reader;
        if (!attempt.TryReadUInt16(out var port) || !attempt.TryReadUInt8(out var type))
            return ParseStatus.NeedInput;
        ReadOnlySpan<byte> host;
        switch ((AddressKind)type)
        {
            case AddressKind.IPv4 or AddressKind.IPv6:
                if (!attempt.TryReadBytes(type == (byte)AddressKind.IPv4 ? 4 : 16, out host))
                    return ParseStatus.NeedInput;
                if (!Destination.TryFromAddress(host, port, out destination))
                    return ParseStatus.Failed;
                break;
            case AddressKind.Name:
                if (!attempt.TryReadVector8(out host))
                    return ParseStatus.NeedInput;
                if (!Destination.TryFromHost(host, port, out destination))
                    return ParseStatus.Failed;
                break;
            default:
                return ParseStatus.Failed;
        }

        reader = attempt;
        return ParseStatus.Done;
    }
}
