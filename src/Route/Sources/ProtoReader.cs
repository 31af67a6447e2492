namespace Karez.Route.Sources;

/// <summary>
/// Reads the protobuf wire format (protobuf.dev/programming-guides/encoding): a tag is <c>field &lt;&lt; 3 | wire
/// type</c>, as a varint. Never reads past the end.
/// </summary>
internal ref struct ProtoReader(ReadOnlySpan<byte> source)
{
    private ReadOnlySpan<byte> _rest = source;

    /// <summary>Whether something could not be read.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Goes to the next field; false at the end, and when there is none that can be read.</summary>
    /// <param name="field">Its number.</param>
    /// <param name="octets">Its content where it is delimited, else empty.</param>
    /// <param name="number">Its value where it is a varint, else 0.</param>
    /// <param name="isDelimited">Whether it has content.</param>
    public bool TryNext(out ulong field, out ReadOnlySpan<byte> octets, out ulong number, out bool isDelimited)
    {
        octets = default;
        (field, number, isDelimited) = (0, 0, false);
        if (_rest.IsEmpty || IsBroken)
            return false;
        if (!TryVarint(out var tag))
            return Break();
        field = tag >> 3;
        switch (tag & 7)
        {
            case 0:
                return TryVarint(out number) || Break();
            case 1:
                return TrySkip(8) || Break();
            case 2:
                isDelimited = true;
                return (TryVarint(out var length) && TryTake(length, out octets)) || Break();
            case 5:
                return TrySkip(4) || Break();
            default:
                return Break(); // groups, which proto3 does not have
        }
    }

    private bool Break()
    {
        IsBroken = true;
        return false;
    }

    private bool TryVarint(out ulong value)
    {
        value = 0;
        for (var i = 0; i < Math.Min(10, _rest.Length); i++)
        {
            value |= (ulong)(_rest[i] & 0x7F) << (7 * i);
            if (_rest[i] < 0x80)
            {
                _rest = _rest[(i + 1)..];
                return true;
            }
        }

        return false;
    }

    private bool TrySkip(ulong length) => TryTake(length, out _);

    private bool TryTake(ulong length, out ReadOnlySpan<byte> octets)
    {
        octets = default;
        if (length > (ulong)_rest.Length)
            return false;
        octets = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return true;
    }
}
