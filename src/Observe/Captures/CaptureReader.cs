using System.Buffers.Binary;

namespace Karez.Observe.Captures;

/// <summary>
/// Reads pcap (microseconds and nanoseconds, either byte order) and pcapng (draft-ietf-opsawg-pcap, -pcapng), in any
/// pieces. Holds no octets: what is not consumed has to be shown again with more behind it.
/// </summary>
public sealed partial class CaptureReader
{
    /// <summary>The longest frame or block in octets (our limit; a frame of 256 KiB fits).</summary>
    public const int MaxBlock = (1 << 18) + 4096;

    private const uint Micro = 0xA1B2C3D4;
    private const uint Nano = 0xA1B23C4D;
    private const uint SectionHeader = 0x0A0D0D0A;
    private const int FileHeader = 24;
    private const int FrameHeader = 16;

    private Kind _kind;
    private bool _bigEndian;
    private int _link;
    private long _unit;

    private enum Kind
    {
        Unknown,
        Pcap,
        Pcapng,
    }

    /// <summary>Why reading failed.</summary>
    public CaptureFault Fault { get; private set; }

    /// <summary>Reads up to the end of the next frame.</summary>
    /// <param name="input">The file from where the last call stopped consuming.</param>
    /// <param name="consumed">How many octets are done with, whatever the status.</param>
    /// <param name="frame">The frame; it borrows from <paramref name="input"/>.</param>
    public CaptureStatus Read(ReadOnlyMemory<byte> input, out int consumed, out CaptureFrame frame)
    {
        frame = default;
        consumed = 0;
        if (Fault != CaptureFault.None)
            return CaptureStatus.Failed;
        if (_kind == Kind.Unknown && !TryReadFileHeader(input.Span, ref consumed, out var status))
            return status;
        return _kind == Kind.Pcap
            ? ReadFrame(input, ref consumed, out frame)
            : ReadBlocks(input, ref consumed, out frame);
    }

    private bool TryReadFileHeader(ReadOnlySpan<byte> input, ref int consumed, out CaptureStatus status)
    {
        status = CaptureStatus.NeedInput;
        if (input.Length < 4)
            return false;
        var magic = BinaryPrimitives.ReadUInt32LittleEndian(input);
        if (magic == SectionHeader)
        {
            _kind = Kind.Pcapng;
            return true;
        }

        _bigEndian = magic is not (Micro or Nano);
        if (_bigEndian)
            magic = BinaryPrimitives.ReverseEndianness(magic);
        if (magic is not (Micro or Nano))
        {
            status = Fail(CaptureFault.NotACapture);
            return false;
        }

        if (input.Length < FileHeader)
            return false;
        if (ReadUInt16(input[4..]) != 2)
        {
            status = Fail(CaptureFault.UnknownVersion);
            return false;
        }

        _unit = magic == Micro ? 1000 : 1;
        _link = (int)(ReadUInt32(input[20..]) & 0x0FFFFFFF); // The top four bits tell of a frame check sequence.
        _kind = Kind.Pcap;
        consumed = FileHeader;
        return true;
    }

    private CaptureStatus ReadFrame(ReadOnlyMemory<byte> input, ref int consumed, out CaptureFrame frame)
    {
        frame = default;
        var rest = input.Span[consumed..];
        if (rest.Length < FrameHeader)
            return CaptureStatus.NeedInput;
        var kept = ReadUInt32(rest[8..]);
        var onWire = ReadUInt32(rest[12..]);
        if (kept > MaxBlock || onWire > int.MaxValue)
            return Fail(CaptureFault.TooLong);
        if (rest.Length < FrameHeader + (int)kept)
            return CaptureStatus.NeedInput;
        var time = ReadUInt32(rest) * 1_000_000_000L + ReadUInt32(rest[4..]) * _unit;
        var octets = input.Slice(consumed + FrameHeader, (int)kept);
        frame = new CaptureFrame(time, _link, Math.Max((int)onWire, (int)kept), octets);
        consumed += FrameHeader + (int)kept;
        return CaptureStatus.Frame;
    }

    private CaptureStatus Fail(CaptureFault fault)
    {
        Fault = fault;
        return CaptureStatus.Failed;
    }

    private ushort ReadUInt16(ReadOnlySpan<byte> octets) => _bigEndian
        ? BinaryPrimitives.ReadUInt16BigEndian(octets)
        : BinaryPrimitives.ReadUInt16LittleEndian(octets);

    private uint ReadUInt32(ReadOnlySpan<byte> octets) => _bigEndian
        ? BinaryPrimitives.ReadUInt32BigEndian(octets)
        : BinaryPrimitives.ReadUInt32LittleEndian(octets);
}
