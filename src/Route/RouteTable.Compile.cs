using Karez.Route.Lists;
using Karez.Route.Sources;

namespace Karez.Route;

/// <content>From written rules.</content>
public sealed partial class RouteTable
{
    /// <summary>Most rules (our limit).</summary>
    public const int MaxRules = 256;

    /// <summary>Most names and addresses written in a rule itself (our limit); more belong in a file.</summary>
    public const int MaxWritten = 4_096;

    /// <summary>Looks up what the rules name.</summary>
    /// <param name="rules">In the order in which they are asked.</param>
    /// <param name="files">Compiled files. A list that several have is all of them together.</param>
    /// <param name="otherwise">What holds where no rule does.</param>
    /// <param name="problems">Receives what is wrong.</param>
    /// <returns>Null if there was a problem.</returns>
    public static RouteTable? Compile(
        IReadOnlyList<RouteRule> rules, IReadOnlyList<RouteList> files, RouteAction otherwise,
        ICollection<RouteProblem> problems)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(problems);
        var before = problems.Count;
        if (rules.Count > MaxRules)
            problems.Add(new("rules", $"{rules.Count} rules", $"at most {MaxRules}; names belong in lists"));
        var compiled = rules.Take(MaxRules).Select(rule => Compile(rule, files, problems)).ToArray();
        return problems.Count > before ? null : new RouteTable(compiled, otherwise);
    }

    private static CompiledRule Compile(
        RouteRule rule, IReadOnlyList<RouteList> files, ICollection<RouteProblem> problems)
    {
        var targets = new List<Target>();
        if (CompileWritten(rule, problems) is { } written)
            targets.Add(written);
        foreach (var list in rule.Lists)
        {
            if (!TryAddList(list, files, targets))
            {
                problems.Add(new(rule.Origin, $"no file has the list {list}",
                    "geosite:CODE for one of geosite.dat's, or the name of a plain list's file; name the file, too"));
            }
        }

        foreach (var country in rule.Countries)
        {
            if (!TryAdd(Geoip.Prefix + country.ToLowerInvariant(), files, targets) && rule.Optional.Count == 0)
            {
                problems.Add(new(
                    rule.Origin, $"no file has the country {country}", "name a geoip.dat or .mmdb that has it"));
            }
        }

        foreach (var list in rule.Optional)
            TryAdd(list, files, targets);
        if (rule.Optional.Count > 0 && targets.Count == 0)
        {
            problems.Add(new(
                rule.Origin, "no file has names or addresses of that country",
                "name a geosite.dat, geoip.dat or .mmdb that has it"));
        }

        return new CompiledRule(rule.Action, rule.Origin, [.. targets], [.. rule.Ports], rule.Network);
    }

    /// <summary>What a rule has itself takes the same form as a file.</summary>
    private static Target? CompileWritten(RouteRule rule, ICollection<RouteProblem> problems)
    {
        if (rule.Names.Count == 0 && rule.Addresses.Count == 0)
            return null;
        if (rule.Names.Count > MaxWritten || rule.Addresses.Count > MaxWritten)
            problems.Add(new(rule.Origin, "too many names or addresses", $"at most {MaxWritten}; put them in a file"));
        var list = new ListBuilder();
        foreach (var name in rule.Names.Take(MaxWritten))
        {
            if (!list.TryAdd(name))
            {
                problems.Add(new(
                    rule.Origin, $"{name} cannot be used",
                    "no look-around, no back references, at most two {n} of at most 63"));
            }
        }

        foreach (var prefix in rule.Addresses.Take(MaxWritten))
            list.Addresses.Add(prefix);
        var writer = new ListWriter();
        list.WriteTo(writer, "");
        Span<byte> digest = stackalloc byte[32];
        var parts = writer.Finish(digest) ?? [];
        return RouteList.TryOpen("", new CompiledList(parts, 0).Join(), digest, out var file)
            ? new Target(file, "")
            : null;
    }

    private static bool TryAddList(string name, IReadOnlyList<RouteList> files, List<Target> targets)
    {
        if (name.StartsWith(Geosite.Prefix, StringComparison.OrdinalIgnoreCase)
            || name.StartsWith(Geoip.Prefix, StringComparison.OrdinalIgnoreCase))
            return TryAdd(name.ToLowerInvariant(), files, targets);
        var plain = files.Where(file => file.Name == name && (file.HasNames("") || file.HasAddresses(""))).ToList();
        targets.AddRange(plain.Select(file => new Target(file, "")));
        return plain.Count > 0;
    }

    private static bool TryAdd(string list, IReadOnlyList<RouteList> files, List<Target> targets)
    {
        var found = files.Where(file => file.HasNames(list) || file.HasAddresses(list)).ToList();
        targets.AddRange(found.Select(file => new Target(file, list)));
        return found.Count > 0;
    }
}
