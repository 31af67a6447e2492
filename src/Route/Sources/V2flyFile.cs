using Karez.Route.Lists;

namespace Karez.Route.Sources;

/// <summary>The outside of v2fly's geosite.dat and geoip.dat: entries, each a list under a code.</summary>
internal static class V2flyFile
{
    /// <summary>Compiles one entry.</summary>
    public delegate RouteFault CompileEntry(ReadOnlySpan<byte> entry, ListWriter writer, ref Budget budget);

    /// <summary>Compiles a whole file.</summary>
    public static RouteFault Compile(
        ReadOnlySpan<byte> source, ListWriter writer, ref Budget budget, CompileEntry compileEntry)
    {
        var file = new ProtoReader(source);
        while (file.TryNext(out var field, out var entry, out _, out var isDelimited))
        {
            if (field != 1 || !isDelimited)
                continue;
            var fault = compileEntry(entry, writer, ref budget);
            if (fault != RouteFault.None)
                return fault;
        }

        return file.IsBroken ? RouteFault.Malformed : RouteFault.None;
    }
}
