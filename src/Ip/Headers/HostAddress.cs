using System.Buffers.Binary;
using System.Net;

namespace Karez.Ip.Headers;

/// <summary>An IPv4 or IPv6 address as a value: nothing is allocated for it.</summary>
public readonly struct HostAddress : IEquatable<HostAddress>
{
    private readonly ulong _high;
    private readonly ulong _low;

    private HostAddress(ulong high, ulong low, bool isIPv6) => (_high, _low, IsIPv6) = (high, low, isIPv6);

    /// <summary>Whether it has sixteen octets; four otherwise.</summary>
    public bool IsIPv6 { get; }

    /// <summary>Its octets: 4 or 16.</summary>
    public int Length => IsIPv6 ? 16 : 4;

    /// <summary>The address as a number.</summary>
    public UInt128 Number => new(_high, _low);

    /// <summary>Whether it is 0.0.0.0 or ::.</summary>
    public bool IsUnspecified => (_high | _low) == 0;

    /// <summary>Multicast (RFC 1112, RFC 4291 section 2.7), or 255.255.255.255.</summary>
    public bool IsMulticast => IsIPv6 ? _high >> 56 == 0xFF : _low >> 28 == 0xE || _low == uint.MaxValue;

    /// <summary>Link-local (RFC 3927, RFC 4291 section 2.5.6).</summary>
    public bool IsLinkLocal => IsIPv6 ? _high >> 54 == 0x3FA : _low >> 16 == 0xA9FE;

    /// <summary>Reads the first 4 octets.</summary>
    public static HostAddress ReadIPv4(ReadOnlySpan<byte> octets) =>
        new(0, BinaryPrimitives.ReadUInt32BigEndian(octets), isIPv6: false);

    /// <summary>Reads the first 16 octets.</summary>
    public static HostAddress ReadIPv6(ReadOnlySpan<byte> octets) => new(
        BinaryPrimitives.ReadUInt64BigEndian(octets), BinaryPrimitives.ReadUInt64BigEndian(octets[8..]), isIPv6: true);

    /// <summary>An IPv4 address from its number.</summary>
    public static HostAddress FromIPv4(uint number) => new(0, number, isIPv6: false);

    /// <summary>An IPv6 address from its number.</summary>
    public static HostAddress FromIPv6(UInt128 number) =>
        new((ulong)(number >> 64), (ulong)number, isIPv6: true);

    /// <summary>From the framework's; the scope is dropped, IPv4 in IPv6 form becomes IPv4.</summary>
    public static HostAddress From(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        Span<byte> octets = stackalloc byte[16];
        address.TryWriteBytes(octets, out var length);
        return length == 16 ? ReadIPv6(octets) : ReadIPv4(octets);
    }

    /// <summary>The framework's form; allocates.</summary>
    public IPAddress ToIPAddress()
    {
        Span<byte> octets = stackalloc byte[16];
        return new IPAddress(octets[..Write(octets)]);
    }

    /// <summary>Writes its octets.</summary>
    /// <returns><see cref="Length"/>.</returns>
    public int Write(Span<byte> destination)
    {
        if (!IsIPv6)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)_low);
            return 4;
        }

        BinaryPrimitives.WriteUInt64BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _low);
        return 16;
    }

    /// <summary>Whether the first <paramref name="bits"/> bits are those of <paramref name="prefix"/>.</summary>
    public bool IsIn(HostAddress prefix, int bits)
    {
        if (prefix.IsIPv6 != IsIPv6)
            return false;
        var rest = (IsIPv6 ? 128 : 32) - bits;
        return rest >= 128 || Number >> rest == prefix.Number >> rest;
    }

    /// <summary>The sum of its 16-bit words, for checksums; not folded.</summary>
    internal uint WordSum()
    {
        var sum = Words(_low);
        return IsIPv6 ? sum + Words(_high) : sum;
    }

    /// <inheritdoc/>
    public bool Equals(HostAddress other) => _low == other._low && _high == other._high && IsIPv6 == other.IsIPv6;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is HostAddress other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_high, _low);

    /// <summary>As text, IPv6 without brackets.</summary>
    public override string ToString() => ToIPAddress().ToString();

    /// <summary>The same address.</summary>
    public static bool operator ==(HostAddress left, HostAddress right) => left.Equals(right);

    /// <summary>Another address.</summary>
    public static bool operator !=(HostAddress left, HostAddress right) => !left.Equals(right);

    private static uint Words(ulong value) => (uint)((value >> 48) + ((value >> 32) & 0xFFFF)
        + ((value >> 16) & 0xFFFF) + (value & 0xFFFF));
}
