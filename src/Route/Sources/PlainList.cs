using System.Text;
using Karez.Route.Lists;

namespace Karez.Route.Sources;

/// <summary>Lists that people keep in text files: names, addresses, prefixes, or a hosts file's lines.</summary>
internal static class PlainList
{
    /// <summary>Compiles a whole file into one list without a name.</summary>
    public static RouteFault Compile(ReadOnlySpan<byte> source, ListWriter writer, ref Budget budget)
    {
        var list = new ListBuilder();
        if (source.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
            source = source[3..];
        while (!source.IsEmpty)
        {
            var end = source.IndexOf((byte)'\n');
            var line = (end < 0 ? source : source[..end]).Trim(s_blank);
            source = end < 0 ? default : source[(end + 1)..];
            if (line.IsEmpty || line[0] is (byte)'!' or (byte)'[')
                continue;
            // An expression may have the sign in it; nothing else can.
            if (line.IndexOf((byte)'#') is >= 0 and var sign && !line.StartsWith("reg"u8))
                line = line[..sign].TrimEnd(s_blank);
            if (line.IsEmpty)
                continue;
            if (!budget.TryTakeEntry())
                return RouteFault.TooMany;
            if (!TryAddLine(line, list))
                writer.Skipped++;
            if (list.IsCrowded)
                return RouteFault.Crowded;
        }

        list.WriteTo(writer, "");
        return RouteFault.None;
    }

    private static bool TryAddLine(ReadOnlySpan<byte> line, ListBuilder list)
    {
        var blank = line.IndexOfAny((byte)' ', (byte)'\t');
        var first = blank < 0 ? line : line[..blank];
        if (TryReadPrefix(first, out var prefix))
        {
            if (blank >= 0)
                return TryAddHosts(line[blank..], list);
            list.Addresses.Add(prefix);
            return true;
        }

        if (blank >= 0)
            return false;
        Span<byte> name = stackalloc byte[NamePattern.MaxName];
        var bare = first.StartsWith("*."u8) ? first[2..] : first.TrimStart((byte)'.');
        if (NameText.TryLower(bare, name, out var length))
        {
            list.AddName(name[..length], NameKinds.Suffix);
            return true;
        }

        return first.Length <= MaxPattern && Ascii.IsValid(first)
            && NamePattern.TryParse(Encoding.ASCII.GetString(first), out var pattern) && list.TryAdd(pattern);
    }

    /// <summary>The names of a hosts file's line; what it says of this machine itself is no rule.</summary>
    private static bool TryAddHosts(ReadOnlySpan<byte> names, ListBuilder list)
    {
        var added = false;
        Span<byte> name = stackalloc byte[NamePattern.MaxName];
        while (!(names = names.TrimStart(s_blank)).IsEmpty)
        {
            var end = names.IndexOfAny((byte)' ', (byte)'\t');
            var one = end < 0 ? names : names[..end];
            names = end < 0 ? default : names[end..];
            if (!one.Contains((byte)'.') || TryReadPrefix(one, out _) || !NameText.TryLower(one, name, out var length)
                || name[..length].SequenceEqual("localhost.localdomain"u8))
                continue;
            list.AddName(name[..length], NameKinds.Full);
            added = true;
        }

        return added;
    }

    private static bool TryReadPrefix(ReadOnlySpan<byte> text, out RoutePrefix prefix)
    {
        prefix = default;
        if (text.Length > MaxAddress || text.IndexOfAnyExcept(s_ofAddresses) >= 0)
            return false;
        Span<char> letters = stackalloc char[MaxAddress];
        return RoutePrefix.TryParse(letters[..Encoding.ASCII.GetChars(text, letters)], out prefix);
    }

    private static readonly byte[] s_blank = [(byte)' ', (byte)'\t', (byte)'\r'];

    private static readonly System.Buffers.SearchValues<byte> s_ofAddresses =
        System.Buffers.SearchValues.Create("0123456789abcdefABCDEF.:/"u8);

    private const int MaxAddress = 49; // 45 letters of IPv6 with IPv4 in it, and "/128"
    private const int MaxPattern = 263;
}
