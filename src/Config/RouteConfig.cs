using Karez.Route;

namespace Karez.Config;

/// <summary>
/// Which way flows go: the <c>route</c> member of <c>client.json</c>; docs/protocols/route.md explains.
/// </summary>
/// <param name="Home">The country this machine is in, two letters: what the files list for it goes direct.</param>
/// <param name="Files">geosite.dat, geoip.dat, .mmdb and plain lists; beside this file unless the path is
///     whole.</param>
/// <param name="Rules">The rules, asked in this order.</param>
/// <param name="Otherwise">What holds where no rule does: <c>channel</c>, <c>direct</c> or <c>refuse</c>.</param>
public sealed record RouteConfig(
    string? Home = null,
    IReadOnlyList<string>? Files = null,
    IReadOnlyList<RouteRuleConfig>? Rules = null,
    string Otherwise = RouteConfig.Channel)
{
    /// <summary>Through the channel.</summary>
    public const string Channel = "channel";

    /// <summary>Past it.</summary>
    public const string Direct = "direct";

    /// <summary>Nowhere.</summary>
    public const string Refuse = "refuse";

    /// <summary>Most files (our limit).</summary>
    public const int MaxFiles = 16;

    /// <summary>Checks what the shape alone cannot say.</summary>
    public void Check(ICollection<Problem> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        Compile(problems);
    }

    /// <summary>The rules: those written, private addresses, home.</summary>
    /// <param name="problems">Receives what is wrong.</param>
    public IReadOnlyList<RouteRule> Compile(ICollection<Problem> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        var rules = (Rules ?? [])
            .Select((rule, index) => rule.Compile($"$.route.rules[{index}]", problems))
            .Append(RouteRule.Private).ToList();
        if (Home is { Length: 2 } home && home.All(char.IsAsciiLetter))
            rules.Add(RouteRule.Home(home));
        else if (Home is not null)
            problems.Add(new("$.route.home", "not a country code", "two letters, for example \"cn\""));
        if (Files?.Count > MaxFiles)
            problems.Add(new("$.route.files", $"{Files.Count} files", $"at most {MaxFiles}"));
        CompileAction("$.route.otherwise", Otherwise, problems);
        return rules;
    }

    /// <summary>Reads an action's word.</summary>
    public static RouteAction CompileAction(string path, string word, ICollection<Problem> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        switch (word)
        {
            case Channel:
                return RouteAction.Channel;
            case Direct:
                return RouteAction.Direct;
            case Refuse:
                return RouteAction.Refuse;
            default:
                problems.Add(new(path, "not a way to go", "write \"channel\", \"direct\" or \"refuse\""));
                return RouteAction.Channel;
        }
    }
}
