using Karez.Lab.Running;
using Karez.Lab.Scenarios;

namespace Karez.Lab.Worlds;

/// <summary>Who and what is in a world, and at which addresses: all that follows from the scenario alone.</summary>
/// <param name="Subscribers">The people: users of tools, then their twins, then others.</param>
/// <param name="Hosts">Every other machine.</param>
/// <param name="Sites">Names and where they are.</param>
/// <param name="Prefixes">Who holds which addresses.</param>
/// <param name="Cover">The site that tools borrow or show: in the same network as their servers.</param>
public sealed record WorldPlan(
    IReadOnlyList<SubscriberEntry> Subscribers,
    IReadOnlyList<PlannedHost> Hosts,
    IReadOnlyList<SiteEntry> Sites,
    IReadOnlyList<PrefixEntry> Prefixes,
    SiteEntry Cover)
{
    /// <summary>The carrier's resolver.</summary>
    public const string HomeResolver = "198.18.1.53";

    /// <summary>A resolver abroad, which nodes use.</summary>
    public const string ForeignResolver = "198.19.0.53";

    /// <summary>The name of the machine from which probes come.</summary>
    public const string Prober = "prober";

    private const int PerPublicAddress = 30; // Our choice: subscribers behind one address.
    private const int PortsEach = 2000;
    private const int SitesPerHost = 2;
    private static readonly string[] s_distances = ["hk", "jp", "us", "eu"];

    /// <summary>Makes the plan of a scenario.</summary>
    public static WorldPlan Of(Scenario scenario)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        var hosts = new List<PlannedHost>
        {
            new("dnshome", [HomeResolver], "resolver", "home"),
            new("dnsfar", [ForeignResolver], "resolver", "hk"),
            new(Prober, [.. Enumerable.Range(10, 4).Select(i => $"198.18.200.{i}")], "prober", "home"),
        };
        var sites = new List<SiteEntry>();
        AddSites(hosts, sites, scenario.DomesticSites, "home", "198.18", 16, i => "home");
        AddSites(hosts, sites, scenario.ForeignSites, "site", "198.19", 10, i => s_distances[i % s_distances.Length]);
        hosts.Add(new("cdn", ["198.19.150.10"], "cdn", "hk"));
        sites.Add(new("cdn.assets.example", "198.19.150.10", true));
        var distance = scenario.ToolDistance;
        var cover = new SiteEntry("www.cover.example", "198.19.200.10", true);
        hosts.Add(new("cover", [cover.Address], "hosting", distance));
        sites.Add(cover);
        hosts.Add(new("decoy", ["198.19.200.110", "198.19.200.111"], "hosting", distance));
        sites.Add(new("www.decoy0.example", "198.19.200.110", true));
        sites.Add(new("www.decoy1.example", "198.19.200.111", true));
        for (var i = 0; i < scenario.Tools.Count; i++)
            hosts.Add(new($"tool{i}", [$"198.19.200.{20 + i}", $"198.19.201.{20 + i}"], "hosting", distance));
        return new WorldPlan(People(scenario), hosts, sites, PrefixesOf(hosts), cover);
    }

    private static void AddSites(
        List<PlannedHost> hosts, List<SiteEntry> sites, int count, string name, string half, int first,
        Func<int, string> distance)
    {
        for (var i = 0; i * SitesPerHost < count; i++)
        {
            var here = Math.Min(SitesPerHost, count - (i * SitesPerHost));
            var addresses = Enumerable.Range(10, here).Select(last => $"{half}.{first + i}.{last}").ToList();
            hosts.Add(new($"{name}as{i}", addresses, "site", distance(i)));
            for (var j = 0; j < here; j++)
            {
                var number = (i * SitesPerHost) + j;
                sites.Add(new($"www.{name}{number:00}.example", addresses[j], hosts[^1].Foreign));
            }
        }
    }

    private static List<SubscriberEntry> People(Scenario scenario)
    {
        var users = scenario.Tools.SelectMany(tool => Enumerable.Repeat(tool.Name, tool.Users)).ToList();
        var people = new List<SubscriberEntry>();
        for (var i = 0; i < scenario.Subscribers; i++)
        {
            var twin = i < users.Count
                ? i + users.Count < scenario.Subscribers ? i + users.Count : (int?)null
                : i < 2 * users.Count ? i - users.Count : null;
            var first = 1024 + (i % PerPublicAddress * PortsEach);
            // Twins have the same access.
            var like = i >= users.Count && twin is { } other ? other : i;
            people.Add(new SubscriberEntry(
                $"sub{i:000}",
                $"100.64.{i / 200}.{2 + (i % 200)}",
                $"198.18.0.{1 + (i / PerPublicAddress)}",
                first,
                first + PortsEach - 1,
                scenario.Access[like % scenario.Access.Count],
                i < users.Count ? users[i] : null,
                twin));
        }

        return people;
    }

    private static List<PrefixEntry> PrefixesOf(List<PlannedHost> hosts)
    {
        var prefixes = new List<PrefixEntry> { new("198.18.0.0/24", 64500, "eyeball", false, "home") };
        foreach (var host in hosts)
        {
            foreach (var address in host.Addresses)
            {
                var parts = address.Split('.');
                var prefix = $"{parts[0]}.{parts[1]}.{parts[2]}.0/24";
                // Both networks of the tools' servers are one hoster's.
                var asn = host.Kind == "hosting" ? 65000 : 64501 + prefixes.Count;
                if (prefixes.All(known => known.Prefix != prefix))
                    prefixes.Add(new(prefix, asn, host.Kind, host.Foreign, host.Distance));
            }
        }

        return prefixes;
    }
}
