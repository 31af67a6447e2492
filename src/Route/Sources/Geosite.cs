using System.Text;
using Karez.Route.Lists;

namespace Karez.Route.Sources;

/// <summary>v2fly's geosite.dat: lists of names under codes.</summary>
internal static class Geosite
{
    /// <summary>What its lists' names begin with.</summary>
    public const string Prefix = "geosite:";

    /// <summary>Compiles a whole file.</summary>
    public static RouteFault Compile(ReadOnlySpan<byte> source, ListWriter writer, ref Budget budget) =>
        V2flyFile.Compile(source, writer, ref budget, CompileEntry);

    private static RouteFault CompileEntry(ReadOnlySpan<byte> entry, ListWriter writer, ref Budget budget)
    {
        string? code = null;
        var whole = new ListBuilder();
        var parts = new SortedDictionary<string, ListBuilder>(StringComparer.Ordinal);
        var reader = new ProtoReader(entry);
        while (reader.TryNext(out var field, out var octets, out _, out var isDelimited))
        {
            if (field == 1 && isDelimited)
                code = NameText.Code(octets);
            if (field != 2 || !isDelimited)
                continue;
            if (!budget.TryTakeEntry())
                return RouteFault.TooMany;
            if (!TryAddDomain(octets, whole, parts, out var isUsable))
                return RouteFault.Malformed;
            if (!isUsable)
                writer.Skipped++;
        }

        if (reader.IsBroken)
            return RouteFault.Malformed;
        if (code is null)
            return RouteFault.None;
        if (whole.IsCrowded || parts.Values.Any(part => part.IsCrowded))
            return RouteFault.Crowded;
        if (!budget.TryTakeLists(1 + parts.Count))
            return RouteFault.TooMany;
        whole.WriteTo(writer, Prefix + code);
        foreach (var (key, part) in parts)
            part.WriteTo(writer, $"{Prefix}{code}@{key}");
        return RouteFault.None;
    }

    private static bool TryAddDomain(
        ReadOnlySpan<byte> domain, ListBuilder whole, SortedDictionary<string, ListBuilder> parts, out bool isUsable)
    {
        isUsable = false;
        ulong type = 0;
        ReadOnlySpan<byte> value = default;
        var reader = new ProtoReader(domain);
        while (reader.TryNext(out var field, out var octets, out var number, out var isDelimited))
        {
            if (field == 1 && !isDelimited)
                type = number;
            else if (field == 2 && isDelimited)
                value = octets;
        }

        if (reader.IsBroken)
            return false;
        var kind = type switch
        {
            0 => NameKinds.Keyword,
            1 => NameKinds.Regex,
            2 => NameKinds.Suffix,
            3 => NameKinds.Full,
            _ => NameKinds.None,
        };
        isUsable = TryAdd(kind, value, whole);
        return !isUsable || TryAddToParts(domain, kind, value, parts);
    }

    private static bool TryAddToParts(
        ReadOnlySpan<byte> domain, NameKinds kind, ReadOnlySpan<byte> value,
        SortedDictionary<string, ListBuilder> parts)
    {
        var reader = new ProtoReader(domain);
        while (reader.TryNext(out var field, out var octets, out _, out var isDelimited))
        {
            if (field != 3 || !isDelimited)
                continue;
            if (!TryReadKey(octets, out var key))
                return false;
            if (key is null || (!parts.TryGetValue(key, out var part) && parts.Count >= MaxParts))
                continue;
            parts[key] = part ??= new ListBuilder();
            TryAdd(kind, value, part);
        }

        return true;
    }

    private static bool TryReadKey(ReadOnlySpan<byte> attribute, out string? key)
    {
        key = null;
        var reader = new ProtoReader(attribute);
        while (reader.TryNext(out var field, out var octets, out _, out var isDelimited))
        {
            if (field == 1 && isDelimited)
                key = NameText.Code(octets);
        }

        return !reader.IsBroken;
    }

    private static bool TryAdd(NameKinds kind, ReadOnlySpan<byte> value, ListBuilder list)
    {
        if (kind is NameKinds.Suffix or NameKinds.Full)
        {
            Span<byte> name = stackalloc byte[NamePattern.MaxName];
            if (!NameText.TryLower(value, name, out var length))
                return false;
            list.AddName(name[..length], kind);
            return true;
        }

        return value.Length <= NamePattern.MaxName
            && NamePattern.TryMake(kind, Encoding.ASCII.GetString(value), out var pattern) && list.TryAdd(pattern);
    }

    private const int MaxParts = 64; // attributes of one code
}
