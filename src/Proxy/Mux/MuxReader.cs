using System.Buffers.Binary;

namespace Karez.Proxy.Mux;

/// <summary>Takes frames off a stream however it is cut; holds at most one that is not whole.</summary>
internal sealed class MuxReader
{
    private readonly FrameHold _hold = new(2 + MuxWire.MaxMeta + 2 + ushort.MaxValue);

    /// <summary>Takes octets up to the end of one frame.</summary>
    /// <param name="input">What came; show the rest again.</param>
    /// <param name="consumed">Octets taken.</param>
    /// <param name="frame">The meta part.</param>
    /// <param name="data">The data, valid until the next call.</param>
    /// <param name="fault">What is wrong, if the frame is.</param>
    public ParseStatus Feed(
        ReadOnlySpan<byte> input,
        out int consumed,
        out MuxFrame frame,
        out ReadOnlySpan<byte> data,
        out MuxFault fault)
    {
        consumed = 0;
        data = default;
        (frame, fault) = (default, MuxFault.None);
        if (!_hold.TryFill(input, ref consumed, 2, out var octets))
            return ParseStatus.NeedInput;
        var length = 2 + BinaryPrimitives.ReadUInt16BigEndian(octets);
        if (length is < 2 + MuxWire.MinMeta or > 2 + MuxWire.MaxMeta)
        {
            fault = MuxFault.BadMeta;
            return ParseStatus.Failed;
        }

        if (!_hold.TryFill(input, ref consumed, length, out octets))
            return ParseStatus.NeedInput;
        if (!MuxWire.TryReadMeta(octets[2..], out frame, out fault))
            return ParseStatus.Failed;
        if (frame.HasData)
        {
            var start = length + 2;
            if (!_hold.TryFill(input, ref consumed, start, out octets))
                return ParseStatus.NeedInput;
            length = start + BinaryPrimitives.ReadUInt16BigEndian(octets[^2..]);
            if (!_hold.TryFill(input, ref consumed, length, out octets))
                return ParseStatus.NeedInput;
            data = octets[start..];
        }

        _hold.Release(ref consumed, length);
        return ParseStatus.Done;
    }
}
