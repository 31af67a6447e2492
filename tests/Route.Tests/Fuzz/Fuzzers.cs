using System.Security.Cryptography;
using Karez.Route.Lists;
using Karez.Route.Sources;

namespace Karez.Route.Tests.Fuzz;

/// <summary>One entry per parser: whatever the octets, nothing throws and nothing outside them is touched.</summary>
internal static class Fuzzers
{
    public static readonly Dictionary<string, Entry> All = new()
    {
        ["source"] = Source,
        ["compiled"] = Compiled,
    };

    public delegate void Entry(ReadOnlySpan<byte> octets);

    /// <summary>A file of any kind, compiled and asked.</summary>
    public static void Source(ReadOnlySpan<byte> octets)
    {
        Span<byte> digest = stackalloc byte[32];
        SHA256.HashData(octets, digest);
        if (RouteSource.TryCompile(octets, digest, out var compiled) != RouteFault.None)
            return;
        Assert.True(RouteList.TryOpen("f", compiled.Join(), digest, out var list));
        Ask(list);
    }

    /// <summary>A compiled file that somebody changed.</summary>
    public static void Compiled(ReadOnlySpan<byte> octets)
    {
        if (octets.Length >= 40 && RouteList.TryOpen("f", octets.ToArray(), octets.Slice(8, 32), out var list))
            Ask(list);
    }

    private static void Ask(RouteList list)
    {
        string[] names = [.. list.Lists.Take(8)];
        RouteRule[] rules = [.. names.Select(name => name switch
        {
            "" => new RouteRule(RouteAction.Direct, "r") { Lists = ["f"] },
            _ when name.StartsWith("geoip:", StringComparison.Ordinal) =>
                new RouteRule(RouteAction.Direct, "r") { Countries = [name[6..]] },
            _ => new RouteRule(RouteAction.Direct, "r") { Lists = [name] },
        })];
        var table = RouteTable.Compile(rules, [list], RouteAction.Channel, []);
        foreach (var name in (string[])["a.example.org", "example.org", "org", "x", "", new string('a', 300)])
            _ = table?.Why(name, "1.0.1.1");
        _ = table?.Why(null, "2001:db8::1");
    }
}
