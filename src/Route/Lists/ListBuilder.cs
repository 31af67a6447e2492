using System.Text;

namespace Karez.Route.Lists;

/// <summary>One list of a file while it is compiled.</summary>
internal sealed class ListBuilder
{
    private readonly NameSetBuilder _names = new();
    private readonly SortedSet<string> _keywords = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _regexes = new(StringComparer.Ordinal);

    /// <summary>Its addresses.</summary>
    public PrefixSetBuilder Addresses { get; } = new();

    /// <summary>Whether names were made to collide.</summary>
    public bool IsCrowded => _names.IsCrowded;

    /// <summary>Adds a name, in lower case and checked.</summary>
    public void AddName(ReadOnlySpan<byte> name, NameKinds kind) => _names.Add(name, kind);

    /// <summary>Adds a pattern of any kind; false when there are too many of its kind.</summary>
    public bool TryAdd(in NamePattern pattern)
    {
        switch (pattern.Kind)
        {
            case NameKinds.Keyword:
                return _keywords.Count < RouteList.MaxKeywords && (_keywords.Add(pattern.Value) || true);
            case NameKinds.Regex:
                return _regexes.Count < RouteList.MaxRegexes && RegexSet.CanUse(pattern.Value)
                    && (_regexes.Add(pattern.Value) || true);
            default:
                Span<byte> octets = stackalloc byte[NamePattern.MaxName];
                AddName(octets[..Encoding.ASCII.GetBytes(pattern.Value, octets)], pattern.Kind);
                return true;
        }
    }

    /// <summary>Writes the sections that have something.</summary>
    public void WriteTo(ListWriter writer, string name)
    {
        if (_names.Count > 0)
            writer.Add(name, SectionKind.Names, _names.Count, _names.Finish());
        if (_keywords.Count > 0)
            writer.Add(name, SectionKind.Keywords, _keywords.Count, [Entries(_keywords, NameKinds.Keyword)]);
        if (_regexes.Count > 0)
            writer.Add(name, SectionKind.Regexes, _regexes.Count, [Entries(_regexes, NameKinds.Regex)]);
        if (Addresses.Count == 0)
            return;
        foreach (var six in (bool[])[false, true])
        {
            var section = Addresses.Finish(six, out var count);
            if (count > 0)
                writer.Add(name, six ? SectionKind.IPv6 : SectionKind.IPv4, count, [section]);
        }
    }

    private static byte[] Entries(SortedSet<string> values, NameKinds kind) =>
        [.. values.SelectMany(value => (byte[])[(byte)value.Length, (byte)kind, .. Encoding.ASCII.GetBytes(value)])];
}
