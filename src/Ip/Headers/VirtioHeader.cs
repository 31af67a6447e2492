using System.Runtime.InteropServices;

namespace Karez.Ip.Headers;

/// <summary>
/// What stands before each packet of a device with IFF_VNET_HDR (linux/virtio_net.h), host's byte order.
/// </summary>
/// <param name="Flags">1: the checksum is owed. Others are the kernel's.</param>
/// <param name="Segments">What a packet that stands for many is to be cut into.</param>
/// <param name="HeaderLength">Octets of all headers of such a packet; a hint.</param>
/// <param name="SegmentSize">Octets of payload of each of the many.</param>
/// <param name="ChecksumStart">From where the owed checksum counts.</param>
/// <param name="ChecksumOffset">Where it goes, from there.</param>
public readonly record struct VirtioHeader(
    byte Flags, SegmentKind Segments, ushort HeaderLength, ushort SegmentSize, ushort ChecksumStart,
    ushort ChecksumOffset)
{
    /// <summary>Octets.</summary>
    public const int Size = 10;

    /// <summary>Whether the checksum field holds only the pseudo header's sum.</summary>
    public bool OwesChecksum => (Flags & NeedsChecksum) != 0;

    /// <summary>Whether the packet stands for many.</summary>
    public bool IsJoined => Segments != SegmentKind.None;

    /// <summary>For a whole packet whose transport checksum is owed.</summary>
    public static VirtioHeader Owing(int start, int offset) =>
        new(NeedsChecksum, SegmentKind.None, 0, 0, (ushort)start, (ushort)offset);

    /// <summary>Reads it.</summary>
    /// <param name="octets">At least ten.</param>
    public static VirtioHeader Read(ReadOnlySpan<byte> octets) => new(
        octets[0],
        (SegmentKind)(octets[1] & 0x7F), // the high bit (ECN) says how to cut, not what
        MemoryMarshal.Read<ushort>(octets[2..]),
        MemoryMarshal.Read<ushort>(octets[4..]),
        MemoryMarshal.Read<ushort>(octets[6..]),
        MemoryMarshal.Read<ushort>(octets[8..]));

    /// <summary>Writes it.</summary>
    /// <param name="octets">At least ten.</param>
    public void Write(Span<byte> octets)
    {
        octets[0] = Flags;
        octets[1] = (byte)Segments;
        MemoryMarshal.Write(octets[2..], HeaderLength);
        MemoryMarshal.Write(octets[4..], SegmentSize);
        MemoryMarshal.Write(octets[6..], ChecksumStart);
        MemoryMarshal.Write(octets[8..], ChecksumOffset);
    }

    private const byte NeedsChecksum = 1;
}
