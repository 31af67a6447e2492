using System.Buffers.Binary;

namespace Karez.Proxy.Vision;

/// <summary>Lengths and header of a Vision frame; see docs/protocols/vision.md.</summary>
/// <remarks><code>[user id 16] | command u8 | content length u16 | padding length u16 | content |
/// padding</code></remarks>
public static class VisionWire
{
    /// <summary>Octets of the user id before the first frame of a direction.</summary>
    public const int UserIdLength = 16;

    /// <summary>Octets of a frame's header.</summary>
    public const int HeaderLength = 5;

    /// <summary>Room to leave before content for TLS header, user id and frame header.</summary>
    public const int Headroom = 5 + UserIdLength + HeaderLength;

    /// <summary>Content and padding of a frame together; readers in the field have buffers of 8,192 octets.</summary>
    public const int MaxBody = 8192 - UserIdLength - HeaderLength;

    /// <summary>The same for the first frame, which may share its record with a VLESS request.</summary>
    public const int MaxFirstBody = MaxBody - Vless.VlessWire.MaxRequest;

    /// <summary>Writes a frame's header; the block has at least 5 octets.</summary>
    public static void WriteHeader(VisionCommand command, int contentLength, int paddingLength, Span<byte> destination)
    {
        destination[0] = (byte)command;
        BinaryPrimitives.WriteUInt16BigEndian(destination[1..], (ushort)contentLength);
        BinaryPrimitives.WriteUInt16BigEndian(destination[3..], (ushort)paddingLength);
    }
}
