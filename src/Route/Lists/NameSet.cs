using System.Buffers.Binary;
using System.Text;

namespace Karez.Route.Lists;

/// <summary>
/// Names in the compiled form, used in place:
/// <code>
/// | u32 log2 of slots | u32 longest probe | u32 octets of entries | u32 0 | slots, 8 octets each | entries |
/// slot: u32 place of the entry + 1, u32 tag    entry: u8 length, u8 kinds, octets
/// </code>
/// Every place is checked before it is read.
/// </summary>
internal readonly struct NameSet
{
    private readonly ReadOnlyMemory<byte> _section;
    private readonly int _log;
    private readonly int _longest;

    private NameSet(ReadOnlyMemory<byte> section, int log, int longest) =>
        (_section, _log, _longest) = (section, log, longest);

    /// <summary>Opens a section; false when it is none.</summary>
    public static bool TryOpen(ReadOnlyMemory<byte> section, out NameSet set)
    {
        set = default;
        if (section.Length < HeaderLength)
            return false;
        var log = BinaryPrimitives.ReadInt32LittleEndian(section.Span);
        var longest = BinaryPrimitives.ReadInt32LittleEndian(section.Span[4..]);
        var entries = BinaryPrimitives.ReadUInt32LittleEndian(section.Span[8..]);
        if (log is < 1 or > 27 || longest is < 1 or > MaxProbe
            || section.Length - HeaderLength - (8L << log) != entries)
            return false;
        set = new NameSet(section, log, longest);
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
        var section = _section.Span;
        var slots = section.Slice(HeaderLength, 8 << _log);
        var entries = section[(HeaderLength + (8 << _log))..];
        for (var i = hashes.Length - 1; i >= 0; i--)
        {
            start = starts[i];
            var kinds = KindsOf(slots, entries, name[start..], hashes[i]);
            if ((kinds & NameKinds.Suffix) != 0)
                return NameKinds.Suffix;
            if (start == 0 && (kinds & NameKinds.Full) != 0)
                return NameKinds.Full;
        }

        start = 0;
        return NameKinds.None;
    }

    private NameKinds KindsOf(
        ReadOnlySpan<byte> slots, ReadOnlySpan<byte> entries, ReadOnlySpan<char> suffix, ulong hash)
    {
        var slot = (int)(hash >> (64 - _log));
        for (var probe = 0; probe < _longest; probe++, slot = (slot + 1) & ((1 << _log) - 1))
        {
            var taken = BinaryPrimitives.ReadUInt64LittleEndian(slots[(slot * 8)..]);
            if (taken == 0)
                break;
            var at = (uint)taken - 1;
            if ((uint)(taken >> 32) == (uint)hash && at + 2L <= entries.Length
                && entries[(int)at] == suffix.Length && at + 2L + suffix.Length <= entries.Length
                && Ascii.Equals(entries.Slice((int)at + 2, suffix.Length), suffix))
                return (NameKinds)entries[(int)at + 1];
        }

        return NameKinds.None;
    }

    internal const int HeaderLength = 16;
    internal const int MaxProbe = 256;
}
