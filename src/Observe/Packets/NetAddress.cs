using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace Karez.Observe.Packets;

/// <summary>An IPv4 or IPv6 address as a value.</summary>
/// <param name="Value">The address as a number, 32 or 128 bits.</param>
/// <param name="IsIp6">Which of the two.</param>
public readonly record struct NetAddress(UInt128 Value, bool IsIp6) : IComparable<NetAddress>
{
    /// <summary>Reads 4 or 16 octets in network order.</summary>
    public static NetAddress From(ReadOnlySpan<byte> octets) => octets.Length switch
    {
        4 => new NetAddress(BinaryPrimitives.ReadUInt32BigEndian(octets), false),
        16 => new NetAddress(BinaryPrimitives.ReadUInt128BigEndian(octets), true),
        _ => throw new ArgumentException("4 or 16 octets.", nameof(octets)),
    };

    /// <summary>Reads the usual text forms.</summary>
    public static bool TryParse(string? text, out NetAddress address)
    {
        address = default;
        if (!IPAddress.TryParse(text, out var parsed))
            return false;
        address = From(parsed.GetAddressBytes());
        return true;
    }

    /// <summary>Reads the usual text forms.</summary>
    /// <exception cref="FormatException">It is no address.</exception>
    public static NetAddress Parse(string text) =>
        TryParse(text, out var address) ? address : throw new FormatException($"no address: {text}");

    /// <summary>Whether the first bits agree.</summary>
    public bool IsIn(NetAddress prefix, int bits)
    {
        var width = IsIp6 ? 128 : 32;
        return IsIp6 == prefix.IsIp6 && bits >= 0 && bits <= width
            && (bits == 0 || Value >> (width - bits) == prefix.Value >> (width - bits));
    }

    /// <summary>The address with all but the first bits zeroed.</summary>
    public NetAddress Prefix(int bits)
    {
        var width = IsIp6 ? 128 : 32;
        return bits >= width ? this : this with { Value = Value >> (width - bits) << (width - bits) };
    }

    /// <summary>Whether it names a group or everybody: multicast, or 255.255.255.255.</summary>
    public bool IsGroup => IsIp6
        ? Value >> 120 == 0xFF
        : Value >> 28 == 0xE || Value == uint.MaxValue;

    /// <inheritdoc/>
    public int CompareTo(NetAddress other) =>
        IsIp6 == other.IsIp6 ? Value.CompareTo(other.Value) : IsIp6.CompareTo(other.IsIp6);

    /// <summary>Before.</summary>
    public static bool operator <(NetAddress left, NetAddress right) => left.CompareTo(right) < 0;

    /// <summary>After.</summary>
    public static bool operator >(NetAddress left, NetAddress right) => left.CompareTo(right) > 0;

    /// <summary>Before or the same.</summary>
    public static bool operator <=(NetAddress left, NetAddress right) => left.CompareTo(right) <= 0;

    /// <summary>After or the same.</summary>
    public static bool operator >=(NetAddress left, NetAddress right) => left.CompareTo(right) >= 0;

    /// <summary>The usual text form.</summary>
    public override string ToString()
    {
        if (!IsIp6)
        {
            var v = (uint)Value;
            return string.Create(
                CultureInfo.InvariantCulture, $"{v >> 24}.{(v >> 16) & 255}.{(v >> 8) & 255}.{v & 255}");
        }

        Span<byte> octets = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(octets, Value);
        return new IPAddress(octets).ToString();
    }
}
