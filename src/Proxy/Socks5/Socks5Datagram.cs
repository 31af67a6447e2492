using Karez.Wire;

namespace Karez.Proxy.Socks5;

/// <summary>The header in front of each datagram of a UDP ASSOCIATE (RFC 1928 section 7).</summary>
/// <remarks><code>00 00 | frag u8 | type u8 | address | port u16 | data</code></remarks>
public static class Socks5Datagram
{
    /// <summary>The longest header.</summary>
    public const int MaxHeader = 3 + Socks5Wire.MaxAddress;

    /// <summary>Reads the header; false (drop it) if it is short, a fragment, or goes nowhere.</summary>
    /// <param name="datagram">What the client sent.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="payloadOffset">Where its data starts, to the end of the datagram.</param>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out Destination destination, out int payloadOffset)
    {
        (destination, payloadOffset) = (default, 0);
        var reader = new WireReader(datagram);
        if (!reader.TryReadUInt16(out _) || !reader.TryReadUInt8(out var fragment) || fragment != 0)
            return false;
        if (Socks5Wire.TryReadAddress(ref reader, out destination) != ParseStatus.Done || destination.IsNone)
            return false;
        payloadOffset = datagram.Length - reader.Remaining;
        return true;
    }

    /// <summary>Octets that <see cref="WriteHeader"/> will write: leave as much room before the data.</summary>
    public static int HeaderLength(in Destination source) => 3 + Socks5Wire.AddressLength(source);

    /// <summary>Writes the header of an answer.</summary>
    /// <param name="source">Where the answer came from.</param>
    /// <param name="destination">At least <see cref="HeaderLength"/> octets.</param>
    /// <returns>Octets written; 0 if they do not fit.</returns>
    public static int WriteHeader(in Destination source, Span<byte> destination)
    {
        var writer = new WireWriter(destination);
        writer.WriteZeros(3);
        Socks5Wire.WriteAddress(ref writer, source);
        return writer.Overflowed ? 0 : writer.Written;
    }
}
