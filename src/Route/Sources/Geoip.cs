using Karez.Route.Lists;

namespace Karez.Route.Sources;

/// <summary>v2fly's geoip.dat: addresses under country codes.</summary>
internal static class Geoip
{
    /// <summary>What its lists' names begin with.</summary>
    public const string Prefix = "geoip:";

    /// <summary>Compiles a whole file.</summary>
    public static RouteFault Compile(ReadOnlySpan<byte> source, ListWriter writer, ref Budget budget) =>
        V2flyFile.Compile(source, writer, ref budget, CompileEntry);

    private static RouteFault CompileEntry(ReadOnlySpan<byte> entry, ListWriter writer, ref Budget budget)
    {
        string? code = null;
        var list = new ListBuilder();
        var reader = new ProtoReader(entry);
        while (reader.TryNext(out var field, out var octets, out var number, out var isDelimited))
        {
            if (field == 1 && isDelimited)
                code = NameText.Code(octets);
            else if (field == 3 && !isDelimited)
                list.Addresses.IsInverse = number != 0;
            if (field != 2 || !isDelimited)
                continue;
            if (!budget.TryTakeEntry())
                return RouteFault.TooMany;
            if (!TryReadCidr(octets, out var prefix, out var isUsable))
                return RouteFault.Malformed;
            if (isUsable)
                list.Addresses.Add(prefix);
            else
                writer.Skipped++;
        }

        if (reader.IsBroken)
            return RouteFault.Malformed;
        if (code is null)
            return RouteFault.None;
        if (!budget.TryTakeLists(1))
            return RouteFault.TooMany;
        list.WriteTo(writer, Prefix + code);
        return RouteFault.None;
    }

    private static bool TryReadCidr(ReadOnlySpan<byte> cidr, out RoutePrefix prefix, out bool isUsable)
    {
        ulong bits = 0;
        ReadOnlySpan<byte> address = default;
        var reader = new ProtoReader(cidr);
        while (reader.TryNext(out var field, out var octets, out var number, out var isDelimited))
        {
            if (field == 1 && isDelimited)
                address = octets;
            else if (field == 2 && !isDelimited)
                bits = number;
        }

        prefix = default;
        isUsable = bits <= 128 && RouteAddress.TryRead(address, out var first)
            && (first.IsIPv6 || address.Length == 4)
            && RoutePrefix.TryMake(first, (int)bits, out prefix);
        return !reader.IsBroken;
    }
}
