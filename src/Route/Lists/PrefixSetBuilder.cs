using System.Buffers.Binary;

namespace Karez.Route.Lists;

/// <summary>Collects prefixes of both families into the ranges that <see cref="PrefixSet"/> reads.</summary>
internal sealed class PrefixSetBuilder
{
    private readonly List<ulong> _four = []; // the first address in the upper half, the last in the lower
    private readonly List<(UInt128 First, UInt128 Last)> _six = [];

    /// <summary>How many prefixes were added.</summary>
    public int Count => _four.Count + _six.Count;

    /// <summary>Whether everything but these is meant.</summary>
    public bool IsInverse { get; set; }

    /// <summary>Adds one.</summary>
    public void Add(in RoutePrefix prefix)
    {
        if (prefix.First.IsIPv6)
            _six.Add((prefix.First.Number, prefix.Last));
        else
            _four.Add(((ulong)prefix.First.Number << 32) | (ulong)prefix.Last);
    }

    /// <summary>The section of a family, and how many ranges it has.</summary>
    public byte[] Finish(bool isIPv6, out int count) => isIPv6 ? FinishSix(out count) : FinishFour(out count);

    private byte[] FinishFour(out int count)
    {
        _four.Sort();
        var merged = new List<ulong>(_four.Count);
        foreach (var range in _four)
        {
            var (first, last) = (range >> 32, range & uint.MaxValue);
            if (merged.Count > 0 && (merged[^1] & uint.MaxValue) + 1 >= first)
                merged[^1] = (merged[^1] & ~(ulong)uint.MaxValue) | Math.Max(merged[^1] & uint.MaxValue, last);
            else
                merged.Add(range);
        }

        if (IsInverse)
            merged = InverseFour(merged);
        count = merged.Count;
        var section = new byte[count * 8];
        for (var i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(section.AsSpan(i * 4), (uint)(merged[i] >> 32));
            BinaryPrimitives.WriteUInt32LittleEndian(section.AsSpan((count + i) * 4), (uint)merged[i]);
        }

        return section;
    }

    private byte[] FinishSix(out int count)
    {
        _six.Sort();
        var merged = new List<(UInt128 First, UInt128 Last)>(_six.Count);
        foreach (var range in _six)
        {
            if (merged.Count > 0 && (merged[^1].Last == UInt128.MaxValue || merged[^1].Last + 1 >= range.First))
                merged[^1] = (merged[^1].First, UInt128.Max(merged[^1].Last, range.Last));
            else
                merged.Add(range);
        }

        if (IsInverse)
            merged = InverseSix(merged);
        count = merged.Count;
        var section = new byte[count * 32];
        for (var i = 0; i < count; i++)
        {
            Write(section.AsSpan(i * 16), merged[i].First);
            Write(section.AsSpan((count + i) * 16), merged[i].Last);
        }

        return section;
    }

    private static List<ulong> InverseFour(List<ulong> ranges)
    {
        var inverse = new List<ulong>(ranges.Count + 1);
        ulong next = 0;
        foreach (var range in ranges)
        {
            if (range >> 32 > next)
                inverse.Add((next << 32) | ((range >> 32) - 1));
            next = (range & uint.MaxValue) + 1;
        }

        if (next <= uint.MaxValue)
            inverse.Add((next << 32) | uint.MaxValue);
        return inverse;
    }

    private static List<(UInt128 First, UInt128 Last)> InverseSix(List<(UInt128 First, UInt128 Last)> ranges)
    {
        var inverse = new List<(UInt128, UInt128)>(ranges.Count + 1);
        UInt128 next = 0;
        foreach (var (first, last) in ranges)
        {
            if (first > next)
                inverse.Add((next, first - 1));
            if (last == UInt128.MaxValue)
                return inverse;
            next = last + 1;
        }

        inverse.Add((next, UInt128.MaxValue));
        return inverse;
    }

    private static void Write(Span<byte> octets, UInt128 number)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(octets, (ulong)(number >> 64));
        BinaryPrimitives.WriteUInt64LittleEndian(octets[8..], (ulong)number);
    }
}
