using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Karez.Route.Lists;

/// <summary>
/// Names in the compiled form, used in place:
/// <code>
/// | u32 lines | u32 most of a line | u32 octets of further entries | 52 octets 0 | lines, 128 octets each | further |
/// line: u32 sieve, u32 place of its further entries + 1, 120 octets of entries    entry: u8 length, u8 kinds, octets
/// </code>
/// What a place holds ends with a length of 0. So most names are found with one miss of the cache, and those that lie
/// behind the few lines that were too short with two. Every place is checked before it is read.
/// </summary>
internal readonly struct NameSet
{
    private readonly ReadOnlyMemory<byte> _section;
    private readonly int _lines;
    private readonly int _most;

    private NameSet(ReadOnlyMemory<byte> section, int lines, int most) =>
        (_section, _lines, _most) = (section, lines, most);

    /// <summary>Opens a section; false when it is none.</summary>
    public static bool TryOpen(ReadOnlyMemory<byte> section, out NameSet set)
    {
        set = default;
        if (section.Length < HeaderLength)
            return false;
        var lines = BinaryPrimitives.ReadInt32LittleEndian(section.Span);
        var most = BinaryPrimitives.ReadInt32LittleEndian(section.Span[4..]);
        var further = BinaryPrimitives.ReadUInt32LittleEndian(section.Span[8..]);
        if (lines < 1 || most is < 1 or > MostInLine
            || section.Length - HeaderLength - ((long)LineLength * lines) != further)
            return false;
        set = new NameSet(section, lines, most);
        return true;
    }

    /// <summary>Looks for a name or one above it, the longest first.</summary>
    /// <param name="name">The name.</param>
    /// <param name="hashes">Its hashes.</param>
    /// <param name="starts">Where each suffix begins.</param>
    /// <param name="start">Where what was found begins.</param>
    /// <returns>How it holds.</returns>
    public NameKinds Find(
        ReadOnlySpan<char> name, ReadOnlySpan<ulong> hashes, ReadOnlySpan<byte> starts, out int start)
    {
        var lines = _section.Span.Slice(HeaderLength, LineLength * _lines);
        // All sieves first, without a branch between them: the processor waits for all lines at once.
        uint fitting = 0;
        for (var i = 0; i < hashes.Length; i++)
        {
            var sieve = BinaryPrimitives.ReadUInt32LittleEndian(lines[(LineOf(hashes[i], _lines) * LineLength)..]);
            fitting |= ((sieve >> (int)(hashes[i] & 31)) & 1) << i;
        }

        while (fitting != 0)
        {
            var i = BitOperations.Log2(fitting);
            fitting ^= 1U << i;
            start = starts[i];
            var kinds = KindsOf(lines.Slice(LineOf(hashes[i], _lines) * LineLength, LineLength), name[start..]);
            if ((kinds & NameKinds.Suffix) != 0)
                return NameKinds.Suffix;
            if (start == 0 && (kinds & NameKinds.Full) != 0)
                return NameKinds.Full;
        }

        start = 0;
        return NameKinds.None;
    }

    /// <summary>The line of a hash, by its upper half.</summary>
    internal static int LineOf(ulong hash, int lines) => (int)(((hash >> 32) * (uint)lines) >> 32);

    private NameKinds KindsOf(ReadOnlySpan<byte> line, ReadOnlySpan<char> suffix)
    {
        var kinds = KindsIn(line[EntriesAt..], suffix);
        if (kinds != NameKinds.None)
            return kinds;
        var further = _section.Span[(HeaderLength + (LineLength * _lines))..];
        var place = BinaryPrimitives.ReadUInt32LittleEndian(line[4..]);
        return place > 0 && place <= further.Length ? KindsIn(further[((int)place - 1)..], suffix) : NameKinds.None;
    }

    private NameKinds KindsIn(ReadOnlySpan<byte> entries, ReadOnlySpan<char> suffix)
    {
        for (var entry = 0; entry < _most; entry++)
        {
            if (entries.Length < 2 || entries[0] == 0 || entries.Length - 2 < entries[0])
                break;
            if (entries[0] == suffix.Length && Ascii.Equals(entries.Slice(2, entries[0]), suffix))
                return (NameKinds)entries[1];
            entries = entries[(2 + entries[0])..];
        }

        return NameKinds.None;
    }

    internal const int HeaderLength = 64;
    internal const int LineLength = 128; // two lines of the cache, of which the second is fetched with the first
    internal const int EntriesAt = 8;
    internal const int MostInLine = 512;
}
