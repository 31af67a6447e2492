using Karez.Wire;

namespace Karez.Proxy.Vless;

/// <summary>
/// The addons of a request: a protobuf message { 1: flow (string), 2: seed (bytes), 14 and 15: ours }.
/// </summary>
/// <remarks>
/// Fields that we do not know are skipped, as every protobuf reader does and as Xray's server was seen to do: a client
/// that is newer than this program may say more than we understand.
/// </remarks>
internal static class VlessAddons
{
    private const int Flow = 1;
    private const int Ask = 15;
    private const int Sharing = 14;

    /// <summary>The octet in front of the offer to share: field 14, a varint.</summary>
    public const byte SharingTag = (Sharing << 3) | (byte)WireType.Varint;

    /// <summary>The octet in front of our field's value: field 15, a varint.</summary>
    public const byte AskTag = (Ask << 3) | (byte)WireType.Varint;

    private static ReadOnlySpan<byte> Vision => "\x0A\x10xtls-rprx-vision"u8;

    private static ReadOnlySpan<byte> VisionName => "xtls-rprx-vision"u8;

    /// <summary>What we write for a flow.</summary>
    public static ReadOnlySpan<byte> Of(VlessFlow flow) => flow == VlessFlow.Vision ? Vision : default;

    /// <summary>Reads flow, question and offer; the last of each counts, as in protobuf.</summary>
    public static bool TryRead(
        ReadOnlySpan<byte> addons, out VlessFlow flow, out VlessAsk ask, out bool shares, out VlessFault fault)
    {
        (flow, ask, shares, fault) = (VlessFlow.None, VlessAsk.Nothing, false, VlessFault.None);
        var reader = new WireReader(addons);
        while (reader.Remaining > 0)
        {
            if (!TryReadVarint(ref reader, out var tag) || tag >> 3 == 0
                || !TryReadBody(ref reader, tag, out var body, out var number))
            {
                fault = VlessFault.MalformedAddons;
                return false;
            }

            // A value of a later version asks for nothing that this one has.
            if (tag == AskTag)
                ask = number is 1 or 2 ? (VlessAsk)number : VlessAsk.Nothing;
            if (tag == SharingTag)
                shares = number == 1;
            if (tag != ((Flow << 3) | (ulong)WireType.Length))
                continue;
            if (!body.IsEmpty && !body.SequenceEqual(VisionName))
            {
                fault = VlessFault.UnknownFlow;
                return false;
            }

            flow = body.IsEmpty ? VlessFlow.None : VlessFlow.Vision;
        }

        return true;
    }

    private static bool TryReadBody(
        ref WireReader reader, ulong tag, out ReadOnlySpan<byte> body, out ulong number)
    {
        body = default;
        number = 0;
        switch ((WireType)(tag & 7))
        {
            case WireType.Varint:
                return TryReadVarint(ref reader, out number);
            case WireType.Fixed64:
                return reader.TryReadBytes(8, out body);
            case WireType.Length:
                return TryReadVarint(ref reader, out var length)
                    && length <= (ulong)reader.Remaining && reader.TryReadBytes((int)length, out body);
            case WireType.Fixed32:
                return reader.TryReadBytes(4, out body);
            default:
                return false; // groups: nobody has written them for two decades
        }
    }

    /// <summary>Seven bits an octet, the lowest first; at most ten octets.</summary>
    private static bool TryReadVarint(ref WireReader reader, out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if (!reader.TryReadUInt8(out var octet))
                return false;
            value |= (octet & 0x7FUL) << shift;
            if (octet < 0x80)
                return true;
        }

        return false;
    }

    private enum WireType : ulong
    {
        Varint = 0,
        Fixed64 = 1,
        Length = 2,
        Fixed32 = 5,
    }
}
