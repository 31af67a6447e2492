using System.Diagnostics.CodeAnalysis;
using Karez.Route.Lists;

namespace Karez.Route.Sources;

/// <summary>Compiles the files that people have, whatever kind they are.</summary>
public static class RouteSource
{
    /// <summary>The longest file (our limit).</summary>
    public const int MaxLength = 256 << 20;

    /// <summary>Compiles a file.</summary>
    /// <param name="source">Its octets; whatever they are, nothing else happens than what is returned.</param>
    /// <param name="digest">Their SHA-256.</param>
    /// <param name="list">What <see cref="RouteList.TryOpen"/> takes.</param>
    /// <returns><see cref="RouteFault.None"/>, or why it cannot be used.</returns>
    public static RouteFault TryCompile(
        ReadOnlySpan<byte> source, ReadOnlySpan<byte> digest, [NotNull] out CompiledList? list)
    {
        list = new CompiledList([], 0);
        if (source.Length > MaxLength)
            return RouteFault.TooLong;
        var writer = new ListWriter();
        var budget = new Budget();
        RouteFault fault;
        if (Mmdb.FindDescription(source) >= 0)
            fault = Mmdb.Compile(source, writer, ref budget);
        else if (IsProto(source, out var hasNames))
            fault = hasNames ? Geosite.Compile(source, writer, ref budget) : Geoip.Compile(source, writer, ref budget);
        else if (IsText(source))
            fault = PlainList.Compile(source, writer, ref budget);
        else
            fault = RouteFault.Malformed;
        if (fault != RouteFault.None)
            return fault;
        if (writer.Count == 0)
            return RouteFault.Empty;
        if (writer.Finish(digest) is not { } parts)
            return RouteFault.TooLong;
        list = new CompiledList(parts, writer.Skipped);
        return RouteFault.None;
    }

    /// <summary>
    /// Both of v2fly's files are entries of field 1. A name's first field is a number and its second a text; an
    /// address's are the other way round.
    /// </summary>
    private static bool IsProto(ReadOnlySpan<byte> source, out bool hasNames)
    {
        hasNames = false;
        var file = new ProtoReader(source);
        var isKnown = false;
        while (file.TryNext(out var field, out var entry, out _, out var isDelimited))
        {
            if (field != 1 || !isDelimited)
                return false;
            var reader = new ProtoReader(entry);
            while (!isKnown && reader.TryNext(out field, out var inner, out _, out isDelimited))
            {
                if (field != 2 || !isDelimited)
                    continue;
                var first = new ProtoReader(inner);
                if (first.TryNext(out field, out _, out _, out isDelimited))
                    (isKnown, hasNames) = (true, isDelimited == (field == 2));
            }
        }

        return isKnown && !file.IsBroken;
    }

    private static bool IsText(ReadOnlySpan<byte> source)
    {
        foreach (var octet in source[..Math.Min(source.Length, 4_096)])
        {
            if (octet < 0x20 && octet is not ((byte)'\t' or (byte)'\r' or (byte)'\n'))
                return false;
        }

        return true;
    }
}
