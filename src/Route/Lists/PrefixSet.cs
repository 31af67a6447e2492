using System.Buffers.Binary;

namespace Karez.Route.Lists;

/// <summary>
/// Ranges of one family in the compiled form, used in place: all first addresses in order, then all last ones.
/// </summary>
internal readonly struct PrefixSet
{
    private readonly ReadOnlyMemory<byte> _section;
    private readonly bool _isIPv6;

    private PrefixSet(ReadOnlyMemory<byte> section, bool isIPv6) => (_section, _isIPv6) = (section, isIPv6);

    /// <summary>Opens a section; false when it is none.</summary>
    public static bool TryOpen(ReadOnlyMemory<byte> section, bool isIPv6, out PrefixSet set)
    {
        set = new PrefixSet(section, isIPv6);
        return section.Length % (isIPv6 ? 32 : 8) == 0;
    }

    /// <summary>Whether an address is in a range.</summary>
    public bool Contains(in RouteAddress address) => address.IsIPv6 == _isIPv6 && Find(address.Number) >= 0;

    /// <summary>The range that has an address, as text.</summary>
    public string? RangeOf(in RouteAddress address)
    {
        if (address.IsIPv6 != _isIPv6 || Find(address.Number) is not (>= 0 and var i))
            return null;
        var section = _section.Span;
        var size = _isIPv6 ? 16 : 4;
        var count = section.Length / size / 2;
        var first = address with { Number = Read(section[(i * size)..]) };
        var last = address with { Number = Read(section[((count + i) * size)..]) };
        var bits = (_isIPv6 ? 128 : 32) - (int)UInt128.PopCount(first.Number ^ last.Number);
        return RoutePrefix.TryMake(first, bits, out var prefix) && prefix.First == first
            && prefix.Last == last.Number ? prefix.ToString() : $"{first} to {last}";
    }

    private int Find(UInt128 number) => _isIPv6 ? FindSix(number) : FindFour((uint)number);

    private int FindFour(uint number)
    {
        var section = _section.Span;
        var count = section.Length / 8;
        var (from, to) = (0, count); // the first range that begins behind the number is in [from, to]
        while (from < to)
        {
            var middle = (int)(((uint)from + (uint)to) >> 1);
            if (BinaryPrimitives.ReadUInt32LittleEndian(section[(middle * 4)..]) <= number)
                from = middle + 1;
            else
                to = middle;
        }

        return from > 0 && BinaryPrimitives.ReadUInt32LittleEndian(section[((count + from - 1) * 4)..]) >= number
            ? from - 1
            : -1;
    }

    private int FindSix(UInt128 number)
    {
        var section = _section.Span;
        var count = section.Length / 32;
        var (from, to) = (0, count);
        while (from < to)
        {
            var middle = (int)(((uint)from + (uint)to) >> 1);
            if (Read(section[(middle * 16)..]) <= number)
                from = middle + 1;
            else
                to = middle;
        }

        return from > 0 && Read(section[((count + from - 1) * 16)..]) >= number ? from - 1 : -1;
    }

    private UInt128 Read(ReadOnlySpan<byte> octets) => _isIPv6
        ? new UInt128(
            BinaryPrimitives.ReadUInt64LittleEndian(octets), BinaryPrimitives.ReadUInt64LittleEndian(octets[8..]))
        : BinaryPrimitives.ReadUInt32LittleEndian(octets);
}
