using System.Buffers.Binary;

namespace Karez.Proxy.Vless;

/// <summary>Reads the datagrams of a plain UDP stream (u16 length, payload), however the stream is cut.</summary>
public sealed class VlessPackets
{
    /// <summary>Octets in front of each payload.</summary>
    public const int HeaderLength = 2;

    /// <summary>The longest payload that we write, as Xray does; it reads any.</summary>
    public const int MaxPayload = 8190;

    private readonly FrameHold _hold = new(HeaderLength + ushort.MaxValue);

    /// <summary>Writes the length in front of a payload of 1 to <see cref="MaxPayload"/> octets.</summary>
    /// <returns>Octets written; 0 if such a payload is not sent.</returns>
    public static int WriteHeader(int payloadLength, Span<byte> destination)
    {
        if (payloadLength is < 1 or > MaxPayload)
            return 0;
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)payloadLength);
        return HeaderLength;
    }

    /// <summary>Takes octets of the stream up to the end of one datagram.</summary>
    /// <param name="input">What came; show the rest again.</param>
    /// <param name="consumed">Octets taken.</param>
    /// <param name="payload">The datagram, valid until the next call; lengths of 0 are skipped.</param>
    /// <returns><see cref="ParseStatus.Done"/> or <see cref="ParseStatus.NeedInput"/>.</returns>
    public ParseStatus Feed(ReadOnlySpan<byte> input, out int consumed, out ReadOnlySpan<byte> payload)
    {
        consumed = 0;
        while (_hold.TryFill(input, ref consumed, HeaderLength, out var header))
        {
            var length = HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(header);
            if (!_hold.TryFill(input, ref consumed, length, out var frame))
                break;
            _hold.Release(ref consumed, length);
            if (length == HeaderLength)
                continue;
            payload = frame[HeaderLength..];
            return ParseStatus.Done;
        }

        payload = default;
        return ParseStatus.NeedInput;
    }
}
