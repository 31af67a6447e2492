using System.Buffers.Binary;

namespace Karez.Wire;

/// <summary>Reads big-endian fields from one contiguous block; never reads past the end.</summary>
/// <remarks>Every Try method leaves the position unchanged when it returns false.</remarks>
public ref struct WireReader(ReadOnlySpan<byte> source)
{
    private ReadOnlySpan<byte> _rest = source;

    /// <summary>Octets not yet read.</summary>
    public readonly int Remaining => _rest.Length;

    /// <summary>The octets not yet read, borrowed from the source.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <summary>Reads one octet.</summary>
    public bool TryReadUInt8(out byte value)
    {
        if (_rest.IsEmpty)
        {
            value = 0;
            return false;
        }

        value = _rest[0];
        _rest = _rest[1..];
        return true;
    }

    /// <summary>Reads a u16.</summary>
    public bool TryReadUInt16(out ushort value)
    {
        if (!BinaryPrimitives.TryReadUInt16BigEndian(_rest, out value))
            return false;
        _rest = _rest[2..];
        return true;
    }

    /// <summary>Reads a u24.</summary>
    public bool TryReadUInt24(out int value)
    {
        if (_rest.Length < 3)
        {
            value = 0;
            return false;
        }

        value = (_rest[0] << 16) | (_rest[1] << 8) | _rest[2];
        _rest = _rest[3..];
        return true;
    }

    /// <summary>Reads a u32.</summary>
    public bool TryReadUInt32(out uint value)
    {
        if (!BinaryPrimitives.TryReadUInt32BigEndian(_rest, out value))
            return false;
        _rest = _rest[4..];
        return true;
    }

    /// <summary>Reads a u64.</summary>
    public bool TryReadUInt64(out ulong value)
    {
        if (!BinaryPrimitives.TryReadUInt64BigEndian(_rest, out value))
            return false;
        _rest = _rest[8..];
        return true;
    }

    /// <summary>Reads exactly <paramref name="length"/> octets, borrowed from the source.</summary>
    public bool TryReadBytes(int length, out ReadOnlySpan<byte> value)
    {
        if ((uint)length > (uint)_rest.Length)
        {
            value = default;
            return false;
        }

        value = _rest[..length];
        _rest = _rest[length..];
        return true;
    }

    /// <summary>Reads a vector preceded by its u8 length in octets (RFC 8446 section 3.4).</summary>
    public bool TryReadVector8(out ReadOnlySpan<byte> body)
    {
        var attempt = this;
        if (attempt.TryReadUInt8(out var length) && attempt.TryReadBytes(length, out body))
        {
            this = attempt;
            return true;
        }

        body = default;
        return false;
    }

    /// <summary>Reads a vector preceded by its u16 length in octets (RFC 8446 section 3.4).</summary>
    public bool TryReadVector16(out ReadOnlySpan<byte> body)
    {
        var attempt = this;
        if (attempt.TryReadUInt16(out var length) && attempt.TryReadBytes(length, out body))
        {
            this = attempt;
            return true;
        }

        body = default;
        return false;
    }

    /// <summary>Reads a vector preceded by its u24 length in octets (RFC 8446 section 3.4).</summary>
    public bool TryReadVector24(out ReadOnlySpan<byte> body)
    {
        var attempt = this;
        if (attempt.TryReadUInt24(out var length) && attempt.TryReadBytes(length, out body))
        {
            this = attempt;
            return true;
        }

        body = default;
        return false;
    }
}
