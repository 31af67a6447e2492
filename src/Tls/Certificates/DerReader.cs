namespace Karez.Tls.Certificates;

/// <summary>Walks over DER elements: one-octet tags, definite lengths up to 2^24; never past the end.</summary>
internal ref struct DerReader(ReadOnlySpan<byte> source)
{
    public const byte Integer = 0x02;
    public const byte BitString = 0x03;
    public const byte OctetString = 0x04;
    public const byte ObjectIdentifier = 0x06;
    public const byte Sequence = 0x30;

    private ReadOnlySpan<byte> _rest = source;

    /// <summary>Octets not yet read.</summary>
    public readonly int Remaining => _rest.Length;

    /// <summary>The next element's tag; 0 at the end.</summary>
    public readonly byte NextTag => _rest.IsEmpty ? (byte)0 : _rest[0];

    /// <summary>Reads the next element if it has the tag.</summary>
    public bool TryRead(byte tag, out ReadOnlySpan<byte> content) => TryRead(tag, out content, out _);

    /// <summary>Reads the next element if it has the tag; <paramref name="whole"/> includes tag and length.</summary>
    public bool TryRead(byte tag, out ReadOnlySpan<byte> content, out ReadOnlySpan<byte> whole)
    {
        content = whole = default;
        if (_rest.Length < 2 || _rest[0] != tag)
            return false;
        var header = 2;
        int length = _rest[1];
        if (length >= 0x80)
        {
            var octets = length & 0x7F;
            if (octets is 0 or > 3 || _rest.Length < 2 + octets)
                return false;
            length = 0;
            for (var i = 0; i < octets; i++)
                length = (length << 8) | _rest[2 + i];
            header += octets;
        }

        if (_rest.Length - header < length)
            return false;
        content = _rest.Slice(header, length);
        whole = _rest[..(header + length)];
        _rest = _rest[(header + length)..];
        return true;
    }

    /// <summary>Reads a BIT STRING without unused bits.</summary>
    public bool TryReadBits(out ReadOnlySpan<byte> bits)
    {
        var attempt = this;
        if (!attempt.TryRead(BitString, out bits) || bits.IsEmpty || bits[0] != 0)
            return false;
        bits = bits[1..];
        this = attempt;
        return true;
    }
}
