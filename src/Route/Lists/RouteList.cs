using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Karez.Route.Lists;

/// <summary>A compiled file over the octets that the caller maps; docs/protocols/route.md draws it.</summary>
public sealed class RouteList
{
    private readonly ReadOnlyMemory<byte> _octets;
    private readonly Dictionary<(string List, SectionKind Kind), (int At, int Length)> _sections;

    private RouteList(
        string name, ReadOnlyMemory<byte> octets, Dictionary<(string, SectionKind), (int, int)> sections, long entries)
    {
        (Name, _octets, _sections, Entries) = (name, octets, sections, entries);
        Skipped = BinaryPrimitives.ReadInt32LittleEndian(octets.Span[48..]);
    }

    /// <summary>The file's name.</summary>
    public string Name { get; }

    /// <summary>Entries of all lists in it.</summary>
    public long Entries { get; }

    /// <summary>Entries that were passed over when it was compiled.</summary>
    public int Skipped { get; }

    /// <summary>The names of the lists in it.</summary>
    public IEnumerable<string> Lists => _sections.Keys.Select(key => key.List).Distinct();

    /// <summary>Opens a compiled file.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="octets">Its octets; they stay as they are while this is used.</param>
    /// <param name="digest">SHA-256 of the source.</param>
    /// <param name="list">The list.</param>
    /// <returns>False when it was made of another source or by another version, or is damaged.</returns>
    public static bool TryOpen(
        string name, ReadOnlyMemory<byte> octets, ReadOnlySpan<byte> digest, [NotNullWhen(true)] out RouteList? list)
    {
        list = null;
        var span = octets.Span;
        if (span.Length < HeaderLength || !span.StartsWith(Magic) || !span.Slice(8, 32).SequenceEqual(digest)
            || BinaryPrimitives.ReadInt32LittleEndian(span[44..]) != span.Length)
            return false;
        var count = BinaryPrimitives.ReadInt32LittleEndian(span[40..]);
        if (count < 0 || count > (span.Length - HeaderLength) / SectionLength)
            return false;
        var sections = new Dictionary<(string, SectionKind), (int, int)>(count);
        long entries = 0;
        for (var i = 0; i < count; i++)
        {
            var section = span.Slice(HeaderLength + (i * SectionLength), SectionLength);
            var at = BinaryPrimitives.ReadUInt32LittleEndian(section);
            var length = BinaryPrimitives.ReadUInt32LittleEndian(section[4..]);
            var text = BinaryPrimitives.ReadUInt32LittleEndian(section[8..]);
            var textLength = BinaryPrimitives.ReadUInt16LittleEndian(section[12..]);
            if ((ulong)at + length > (ulong)span.Length || (ulong)text + textLength > (ulong)span.Length)
                return false;
            var key = Encoding.ASCII.GetString(span.Slice((int)text, textLength));
            sections[(key, (SectionKind)BinaryPrimitives.ReadUInt16LittleEndian(section[14..]))] =
                ((int)at, (int)length);
            entries += BinaryPrimitives.ReadUInt32LittleEndian(section[16..]);
        }

        list = new RouteList(name, octets, sections, entries);
        return true;
    }

    /// <summary>Whether it has names under a list's name.</summary>
    internal bool HasNames(string list) => Has(list, SectionKind.Names) || Has(list, SectionKind.Keywords)
        || Has(list, SectionKind.Regexes);

    /// <summary>Whether it has addresses under a list's name.</summary>
    internal bool HasAddresses(string list) => Has(list, SectionKind.IPv4) || Has(list, SectionKind.IPv6);

    internal NameSet? NamesOf(string list) =>
        TryGet(list, SectionKind.Names, out var section) && NameSet.TryOpen(section, out var set) ? set : null;

    internal PrefixSet? AddressesOf(string list, bool isIPv6) =>
        TryGet(list, isIPv6 ? SectionKind.IPv6 : SectionKind.IPv4, out var section)
        && PrefixSet.TryOpen(section, isIPv6, out var set)
            ? set
            : null;

    internal List<string> KeywordsOf(string list) => Texts(list, SectionKind.Keywords, MaxKeywords);

    internal List<string> RegexesOf(string list) => Texts(list, SectionKind.Regexes, MaxRegexes);

    private bool Has(string list, SectionKind kind) => _sections.ContainsKey((list, kind));

    private bool TryGet(string list, SectionKind kind, out ReadOnlyMemory<byte> section)
    {
        var found = _sections.TryGetValue((list, kind), out var place);
        section = found ? _octets.Slice(place.At, place.Length) : default;
        return found;
    }

    private List<string> Texts(string list, SectionKind kind, int most)
    {
        var texts = new List<string>();
        if (!TryGet(list, kind, out var section))
            return texts;
        var rest = section.Span;
        while (rest.Length >= 2 && rest.Length - 2 >= rest[0] && texts.Count < most)
        {
            if (rest[0] > 0)
                texts.Add(Encoding.ASCII.GetString(rest.Slice(2, rest[0])));
            rest = rest[(2 + rest[0])..];
        }

        return texts;
    }

    internal static ReadOnlySpan<byte> Magic => "karezRT2"u8;

    internal const int HeaderLength = 56;
    internal const int SectionLength = 24;
    internal const int MaxKeywords = 4_096;
    internal const int MaxRegexes = 256;
}
