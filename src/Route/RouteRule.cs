namespace Karez.Route;

/// <summary>One rule: all its conditions must hold. docs/protocols/route.md has their meaning.</summary>
/// <param name="Action">Which way.</param>
/// <param name="Origin">Where it was written, for explanations.</param>
public sealed record RouteRule(RouteAction Action, string Origin)
{
    // First, as Private is made of it.
    private static readonly string[] s_private =
        ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10"];

    /// <summary>Names of lists: <c>geosite:CODE</c>, or a plain list's file name.</summary>
    public IReadOnlyList<string> Lists { get; init; } = [];

    /// <summary>Country codes, for addresses.</summary>
    public IReadOnlyList<string> Countries { get; init; } = [];

    /// <summary>Names.</summary>
    public IReadOnlyList<NamePattern> Names { get; init; } = [];

    /// <summary>Addresses.</summary>
    public IReadOnlyList<RoutePrefix> Addresses { get; init; } = [];

    /// <summary>Ports; none means all.</summary>
    public IReadOnlyList<PortRange> Ports { get; init; } = [];

    /// <summary>The network.</summary>
    public RouteNetwork Network { get; init; }

    /// <summary>Lists of which there may be none; at least one of these and of the countries must be there.</summary>
    internal IReadOnlyList<string> Optional { get; init; } = [];

    /// <summary>Private addresses go direct (RFC 1918, 3927, 4193, 4291).</summary>
    public static RouteRule Private { get; } = new(RouteAction.Direct, "private addresses")
    {
        Addresses = [.. s_private.Select(text => RoutePrefix.TryParse(text, out var prefix) ? prefix : default)],
    };

    /// <summary>
    /// What the files list for a country goes direct: its addresses, and names under the usual codes.
    /// </summary>
    /// <param name="country">Two letters.</param>
    public static RouteRule Home(string country)
    {
        ArgumentNullException.ThrowIfNull(country);
        var code = country.ToLowerInvariant();
        return new RouteRule(RouteAction.Direct, $"home {code}")
        {
            Countries = [code],
            // What v2fly and those who follow it call such lists.
            Optional = [$"geosite:{code}", $"geosite:geolocation-{code}", $"geosite:category-{code}"],
        };
    }
}
