using System.Buffers.Binary;

namespace Karez.Observe.Captures;

/// <content>The blocks of pcapng; those that hold no frame and describe no interface are passed over.</content>
public sealed partial class CaptureReader
{
    private const uint InterfaceDescription = 1;
    private const uint ObsoletePacket = 2;
    private const uint SimplePacket = 3;
    private const uint EnhancedPacket = 6;
    private const uint ByteOrder = 0x1A2B3C4D;
    private const int MaxInterfaces = 256;

    private readonly List<Interface> _interfaces = [];

    private CaptureStatus ReadBlocks(ReadOnlyMemory<byte> input, ref int consumed, out CaptureFrame frame)
    {
        frame = default;
        while (true)
        {
            var rest = input[consumed..];
            if (rest.Length < 12)
                return CaptureStatus.NeedInput;
            var octets = rest.Span;
            var section = BinaryPrimitives.ReadUInt32LittleEndian(octets) == SectionHeader;
            if (section && !TryReadByteOrder(octets[8..]))
                return Fail(CaptureFault.NotACapture);
            var length = ReadUInt32(octets[4..]);
            if (length > MaxBlock)
                return Fail(CaptureFault.TooLong);
            if (length < 12 || length % 4 != 0)
                return Fail(CaptureFault.Malformed);
            if (octets.Length < length)
                return CaptureStatus.NeedInput;
            if (ReadUInt32(octets[(int)(length - 4)..]) != length)
                return Fail(CaptureFault.Malformed);
            var status = ReadBlock(section ? SectionHeader : ReadUInt32(octets), rest[8..(int)(length - 4)], out frame);
            if (status == CaptureStatus.Failed)
                return status;
            consumed += (int)length;
            if (status == CaptureStatus.Frame)
                return status;
        }
    }

    private bool TryReadByteOrder(ReadOnlySpan<byte> octets)
    {
        var magic = BinaryPrimitives.ReadUInt32LittleEndian(octets);
        _bigEndian = magic != ByteOrder;
        return magic == ByteOrder || BinaryPrimitives.ReverseEndianness(magic) == ByteOrder;
    }

    /// <summary>Reads one block; "need input" stands for "no frame in it".</summary>
    private CaptureStatus ReadBlock(uint type, ReadOnlyMemory<byte> body, out CaptureFrame frame)
    {
        frame = default;
        var octets = body.Span;
        switch (type)
        {
            case SectionHeader:
                if (octets.Length < 16)
                    return Fail(CaptureFault.Malformed);
                _interfaces.Clear();
                return ReadUInt16(octets[4..]) == 1 ? CaptureStatus.NeedInput : Fail(CaptureFault.UnknownVersion);
            case InterfaceDescription:
                return ReadInterface(octets);
            case EnhancedPacket:
                return octets.Length < 20
                    ? Fail(CaptureFault.Malformed)
                    : Frame(body, ReadUInt32(octets), 20, out frame);
            case ObsoletePacket:
                return octets.Length < 20
                    ? Fail(CaptureFault.Malformed)
                    : Frame(body, ReadUInt16(octets), 20, out frame);
            case SimplePacket:
                return SimpleFrame(body, out frame);
            default:
                return CaptureStatus.NeedInput;
        }
    }

    private CaptureStatus ReadInterface(ReadOnlySpan<byte> octets)
    {
        if (octets.Length < 8)
            return Fail(CaptureFault.Malformed);
        if (_interfaces.Count == MaxInterfaces)
            return Fail(CaptureFault.UnknownInterface);
        var link = ReadUInt16(octets);
        var snap = ReadUInt32(octets[4..]);
        UInt128 units = 1_000_000;
        long offset = 0;
        for (var options = octets[8..]; options.Length >= 4;)
        {
            var code = ReadUInt16(options);
            var length = ReadUInt16(options[2..]);
            if (code == 0)
                break;
            if (options.Length < 4 + length)
                return Fail(CaptureFault.Malformed);
            var value = options.Slice(4, length);
            if (code == 9 && length == 1)
            {
                // if_tsresol: a power of two with the top bit, else of ten; finer than 2^-64 cannot be counted here.
                var power = value[0] & 0x7F;
                if (power > ((value[0] & 0x80) != 0 ? 64 : 19))
                    return Fail(CaptureFault.Malformed);
                units = (value[0] & 0x80) != 0 ? UInt128.One << power : Power(power);
            }
            else if (code == 14 && length == 8)
            {
                offset = _bigEndian
                    ? BinaryPrimitives.ReadInt64BigEndian(value)
                    : BinaryPrimitives.ReadInt64LittleEndian(value);
            }

            options = options[Math.Min(options.Length, 4 + ((length + 3) & ~3))..];
        }

        _interfaces.Add(new Interface(link, snap, units, offset));
        return CaptureStatus.NeedInput;
    }

    private CaptureStatus Frame(ReadOnlyMemory<byte> body, uint number, int header, out CaptureFrame frame)
    {
        frame = default;
        if (number >= _interfaces.Count)
            return Fail(CaptureFault.UnknownInterface);
        var octets = body.Span;
        var ticks = ((ulong)ReadUInt32(octets[4..]) << 32) | ReadUInt32(octets[8..]);
        var kept = ReadUInt32(octets[12..]);
        var onWire = ReadUInt32(octets[16..]);
        if (kept > octets.Length - header || onWire > int.MaxValue)
            return Fail(CaptureFault.Malformed);
        var from = _interfaces[(int)number];
        frame = new CaptureFrame(
            from.Time(ticks), from.Link, Math.Max((int)onWire, (int)kept), body.Slice(header, (int)kept));
        return CaptureStatus.Frame;
    }

    private CaptureStatus SimpleFrame(ReadOnlyMemory<byte> body, out CaptureFrame frame)
    {
        frame = default;
        if (body.Length < 4)
            return Fail(CaptureFault.Malformed);
        if (_interfaces.Count == 0)
            return Fail(CaptureFault.UnknownInterface);
        var onWire = ReadUInt32(body.Span);
        if (onWire > int.MaxValue)
            return Fail(CaptureFault.Malformed);
        var snap = _interfaces[0].Snap;
        var kept = Math.Min(Math.Min(onWire, snap == 0 ? uint.MaxValue : snap), (uint)(body.Length - 4));
        frame = new CaptureFrame(0, _interfaces[0].Link, (int)onWire, body.Slice(4, (int)kept));
        return CaptureStatus.Frame;
    }

    private static UInt128 Power(int power)
    {
        var result = UInt128.One;
        for (var i = 0; i < power; i++)
            result *= 10;
        return result;
    }

    private readonly record struct Interface(int Link, uint Snap, UInt128 Units, long Offset)
    {
        public long Time(ulong ticks)
        {
            var nanoseconds = (Int128)(ticks * (UInt128)1_000_000_000 / Units) + (Int128)Offset * 1_000_000_000;
            return nanoseconds > long.MaxValue || nanoseconds < 0 ? 0 : (long)nanoseconds;
        }
    }
}
