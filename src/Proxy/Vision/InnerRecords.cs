namespace Karez.Proxy.Vision;

/// <summary>Walks the TLS record headers of one direction of a flow, however its octets are cut.</summary>
internal struct InnerRecords
{
    private const byte ApplicationData = 0x17;
    private const int MaxBody = (1 << 14) + 2048;
    private int _header;
    private int _left;
    private int _length;
    private byte _type;

    /// <summary>True once the octets were no records; it stays so.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>True before the first octet of a record header.</summary>
    private readonly bool IsAtBoundary => _header == 0 && _left == 0;

    /// <summary>Moves over octets.</summary>
    public void Advance(ReadOnlySpan<byte> octets)
    {
        while (!octets.IsEmpty && !IsBroken)
            octets = octets[Step(octets)..];
    }

    /// <summary>True if the next octet belongs to an application_data record.</summary>
    public readonly bool IsInData(byte next) => !IsBroken && TypeOf(next) == ApplicationData;

    /// <summary>
    /// How many octets from the front belong to application_data records and end with one; 0 if none do.
    /// </summary>
    public readonly int DataEnd(ReadOnlySpan<byte> octets)
    {
        var walker = this;
        var (at, end) = (0, 0);
        while (at < octets.Length && walker.IsInData(octets[at]))
        {
            at += walker.Step(octets[at..]);
            if (walker.IsAtBoundary)
                end = at;
        }

        return end;
    }

    /// <summary>True if the octets touch a record of another type, or none.</summary>
    public readonly bool TouchesOther(ReadOnlySpan<byte> octets)
    {
        var walker = this;
        while (!octets.IsEmpty)
        {
            if (!walker.IsInData(octets[0]))
                return true;
            octets = octets[walker.Step(octets)..];
        }

        return walker.IsBroken;
    }

    private readonly byte TypeOf(byte next) => IsAtBoundary ? next : _type;

    private int Step(ReadOnlySpan<byte> octets)
    {
        if (_left > 0)
        {
            var taken = Math.Min(_left, octets.Length);
            _left -= taken;
            return taken;
        }

        var octet = octets[0];
        switch (_header++)
        {
            case 0:
                _type = octet;
                // change_cipher_spec, alert, handshake, application_data
                IsBroken = octet is < 0x14 or > ApplicationData;
                break;
            case 1:
                IsBroken = octet != 3;
                break;
            case 2:
                IsBroken = _type == ApplicationData ? octet != 3 : octet is < 1 or > 4;
                break;
            case 3:
                _length = octet << 8;
                break;
            default:
                _header = 0;
                _left = _length | octet;
                IsBroken = _left is 0 or > MaxBody;
                break;
        }

        return 1;
    }
}
