using Karez.Route;

namespace Karez.Config;

/// <summary>One rule: all of its members must hold; of a list, one entry.</summary>
/// <param name="To">Where to: <c>channel</c>, <c>direct</c> or <c>refuse</c>.</param>
/// <param name="Names">Names: <c>example.org</c> with all below it, <c>full:</c>, <c>keyword:</c>,
///     <c>regexp:</c>.</param>
/// <param name="Addresses">Addresses and prefixes.</param>
/// <param name="Countries">Country codes of addresses, from geoip.dat or .mmdb.</param>
/// <param name="Lists">Lists of the files: <c>geosite:CODE</c>, or a plain list's file name.</param>
/// <param name="Ports">Ports and ranges of them, <c>443</c>, <c>6000-6100</c>.</param>
/// <param name="Network"><c>tcp</c> or <c>udp</c>.</param>
public sealed record RouteRuleConfig(
    string To,
    IReadOnlyList<string>? Names = null,
    IReadOnlyList<string>? Addresses = null,
    IReadOnlyList<string>? Countries = null,
    IReadOnlyList<string>? Lists = null,
    IReadOnlyList<string>? Ports = null,
    string? Network = null)
{
    /// <summary>The rule as it is asked.</summary>
    /// <param name="path">Where it is written.</param>
    /// <param name="problems">Receives what is wrong.</param>
    public RouteRule Compile(string path, ICollection<Problem> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        if (Network is not (null or "tcp" or "udp"))
            problems.Add(new($"{path}.network", "not a network", "write \"tcp\" or \"udp\""));
        return new RouteRule(RouteConfig.CompileAction($"{path}.to", To, problems), path)
        {
            Names = Each<NamePattern>(Names, $"{path}.names", NamePattern.TryParse, problems, "not a pattern",
                "example.org, full:..., keyword:..., regexp:...; letters that are not ASCII as xn--..."),
            Addresses = Each<RoutePrefix>(Addresses, $"{path}.addresses", Prefix, problems,
                "neither an address nor a prefix", "for example \"192.0.2.0/24\""),
            Countries = Countries ?? [],
            Lists = Lists ?? [],
            Ports = Each<PortRange>(Ports, $"{path}.ports", Port, problems, "neither a port nor a range",
                "for example \"443\" or \"6000-6100\""),
            Network = Network switch
            {
                "tcp" => RouteNetwork.Tcp,
                "udp" => RouteNetwork.Udp,
                _ => RouteNetwork.Any,
            },
        };
    }

    private static bool Prefix(string text, out RoutePrefix prefix) => RoutePrefix.TryParse(text, out prefix);

    private static bool Port(string text, out PortRange range) => PortRange.TryParse(text, out range);

    private static List<T> Each<T>(
        IReadOnlyList<string>? texts, string path, TryParse<T> parse, ICollection<Problem> problems, string what,
        string hint)
    {
        var values = new List<T>();
        for (var i = 0; i < texts?.Count; i++)
        {
            if (parse(texts[i], out var value))
                values.Add(value);
            else
                problems.Add(new($"{path}[{i}]", what, hint));
        }

        return values;
    }

    private delegate bool TryParse<T>(string text, out T value);
}
