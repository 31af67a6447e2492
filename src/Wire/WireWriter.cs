using System.Buffers.Binary;

namespace Karez.Wire;

/// <summary>Writes big-endian fields into one block; remembers overflow instead of throwing.</summary>
public ref struct WireWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;

    /// <summary>Octets written so far.</summary>
    public int Written { get; private set; }

    /// <summary>True once a write did not fit; every later write is ignored.</summary>
    public bool Overflowed { get; private set; }

    /// <summary>Writes one octet.</summary>
    public void WriteUInt8(byte value)
    {
        if (Take(1) is { IsEmpty: false } span)
            span[0] = value;
    }

    /// <summary>Writes a u16.</summary>
    public void WriteUInt16(ushort value)
    {
        if (Take(2) is { IsEmpty: false } span)
            BinaryPrimitives.WriteUInt16BigEndian(span, value);
    }

    /// <summary>Writes a u24; <paramref name="value"/> is below 2^24.</summary>
    public void WriteUInt24(int value)
    {
        if (Take(3) is { IsEmpty: false } span)
        {
            span[0] = (byte)(value >> 16);
            span[1] = (byte)(value >> 8);
            span[2] = (byte)value;
        }
    }

    /// <summary>Writes a u32.</summary>
    public void WriteUInt32(uint value)
    {
        if (Take(4) is { IsEmpty: false } span)
            BinaryPrimitives.WriteUInt32BigEndian(span, value);
    }

    /// <summary>Writes a u64.</summary>
    public void WriteUInt64(ulong value)
    {
        if (Take(8) is { IsEmpty: false } span)
            BinaryPrimitives.WriteUInt64BigEndian(span, value);
    }

    /// <summary>Writes the octets as they are.</summary>
    public void WriteBytes(scoped ReadOnlySpan<byte> value)
    {
        if (Take(value.Length) is { IsEmpty: false } span)
            value.CopyTo(span);
    }

    /// <summary>Writes <paramref name="length"/> zero octets.</summary>
    public void WriteZeros(int length) => Take(length).Clear();

    /// <summary>Opens a vector with a u8 length; close it with <see cref="Close"/>.</summary>
    public Vector OpenVector8()
    {
        WriteUInt8(0);
        return new Vector(Written, 1);
    }

    /// <summary>Opens a vector with a u16 length; close it with <see cref="Close"/>.</summary>
    public Vector OpenVector16()
    {
        WriteUInt16(0);
        return new Vector(Written, 2);
    }

    /// <summary>Opens a vector with a u24 length; close it with <see cref="Close"/>.</summary>
    public Vector OpenVector24()
    {
        WriteUInt24(0);
        return new Vector(Written, 3);
    }

    /// <summary>Fills in the length of an open vector; a body that its length cannot hold counts as overflow.</summary>
    public void Close(Vector vector)
    {
        if (Overflowed)
            return;
        var length = Written - vector.BodyStart;
        if (length >> (8 * vector.LengthSize) != 0)
        {
            Overflowed = true;
            return;
        }

        for (var i = 1; i <= vector.LengthSize; i++, length >>= 8)
            _destination[vector.BodyStart - i] = (byte)length;
    }

    private Span<byte> Take(int length)
    {
        if (Overflowed || _destination.Length - Written < length)
        {
            Overflowed = true;
            return default;
        }

        var span = _destination.Slice(Written, length);
        Written += length;
        return span;
    }

    /// <summary>Where an open vector's body starts, and how many octets its length field has.</summary>
    public readonly record struct Vector(int BodyStart, int LengthSize);
}
