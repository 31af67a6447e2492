using System.Buffers.Binary;
using System.Net;

namespace Karez.Route;

/// <summary>An address as a number.</summary>
/// <param name="Number">The number; of IPv4 in its lower 32 bits.</param>
/// <param name="IsIPv6">Whether it is of 128 bits.</param>
public readonly record struct RouteAddress(UInt128 Number, bool IsIPv6)
{
    /// <summary>Reads 4 or 16 octets, big-endian; IPv4 in IPv6 form (RFC 4291 section 2.5.5.2) becomes IPv4.</summary>
    public static bool TryRead(ReadOnlySpan<byte> octets, out RouteAddress address)
    {
        address = octets.Length switch
        {
            4 => new RouteAddress(BinaryPrimitives.ReadUInt32BigEndian(octets), false),
            16 => new RouteAddress(BinaryPrimitives.ReadUInt128BigEndian(octets), true),
            _ => default,
        };
        if (address.IsIPv6 && address.Number >> 32 == 0xFFFF)
            address = new RouteAddress((uint)address.Number, false);
        return octets.Length is 4 or 16;
    }

    /// <summary>From the framework's.</summary>
    public static RouteAddress From(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> octets = stackalloc byte[16];
        address.TryWriteBytes(octets, out var length);
        TryRead(octets[..length], out var read);
        return read;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        Span<byte> octets = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(octets, Number);
        return new IPAddress(IsIPv6 ? octets : octets[12..]).ToString();
    }
}
