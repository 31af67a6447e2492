using System.Buffers;

namespace Karez.Route.Lists;

/// <summary>One list as a rule uses it: what of its names and addresses there is.</summary>
internal sealed class Target
{
    private readonly RouteList _file;
    private readonly string _list;
    private readonly NameSet? _names;
    private readonly PrefixSet? _four;
    private readonly PrefixSet? _six;
    private readonly List<string> _keywords = [];
    private readonly SearchValues<string>? _anyKeyword;
    private readonly RegexSet? _regexes;

    /// <param name="file">The file.</param>
    /// <param name="list">The list in it.</param>
    public Target(RouteList file, string list)
    {
        (_file, _list) = (file, list);
        _names = file.NamesOf(list);
        _four = file.AddressesOf(list, isIPv6: false);
        _six = file.AddressesOf(list, isIPv6: true);
        _keywords = file.KeywordsOf(list);
        if (_keywords.Count > 0)
            _anyKeyword = SearchValues.Create([.. _keywords], StringComparison.Ordinal);
        // A damaged file may have some that were never taken.
        var regexes = file.RegexesOf(list).Where(RegexSet.CanUse).ToList();
        if (regexes.Count > 0)
            _regexes = new RegexSet(regexes);
    }

    /// <summary>Whether it has a name.</summary>
    public bool HasName(ReadOnlySpan<char> name, ReadOnlySpan<ulong> hashes, ReadOnlySpan<byte> starts) =>
        (_names is { } names && names.Find(name, hashes, starts, out _) != NameKinds.None)
        || (_anyKeyword is { } keywords && name.ContainsAny(keywords))
        || (_regexes is { } regexes && regexes.IsMatch(name));

    /// <summary>Whether it has an address.</summary>
    public bool HasAddress(in RouteAddress address) =>
        (address.IsIPv6 ? _six : _four) is { } set && set.Contains(address);

    /// <summary>Says what of it held; null when nothing did.</summary>
    public (string Matched, string? List, string? File)? Explain(in RouteQuery query)
    {
        var matched = ExplainName(query.Name)
            ?? (query.Address is { } address ? (address.IsIPv6 ? _six : _four)?.RangeOf(address) : null);
        return matched is null ? null : (matched, Null(_list), Null(_file.Name));
    }

    private string? ExplainName(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty)
            return null;
        Span<ulong> hashes = stackalloc ulong[NamePattern.MaxLabels];
        Span<byte> starts = stackalloc byte[NamePattern.MaxLabels];
        var count = NameHash.WriteSuffixes(name, hashes, starts);
        var start = 0;
        var kind = _names?.Find(name, hashes[..count], starts[..count], out start) ?? NameKinds.None;
        if (kind != NameKinds.None)
            return new NamePattern(kind, name[start..].ToString()).ToString();
        var text = name.ToString();
        if (_keywords.Find(keyword => text.Contains(keyword, StringComparison.Ordinal)) is { } found)
            return new NamePattern(NameKinds.Keyword, found).ToString();
        return _regexes?.Find(text) is { } regex ? new NamePattern(NameKinds.Regex, regex).ToString() : null;
    }

    private static string? Null(string text) => text.Length == 0 ? null : text;
}
