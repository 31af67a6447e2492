using Karez.Lab.Router;

namespace Karez.Lab.Scenarios;

/// <summary>What a run shall be: the written form of <c>lab/scenarios/NAME.json</c>.</summary>
/// <param name="Name">The file's name without its ending.</param>
/// <param name="Description">One sentence.</param>
/// <param name="Subscribers">People, the tools' users included.</param>
/// <param name="Access">Profiles of the first link, given out in turn: <c>4g</c>, <c>5g</c>, <c>wifi</c>.</param>
/// <param name="Tools">Which tools are used, and what must be seen of them.</param>
/// <param name="ToolDistance">How far the tools' servers are: <c>hk</c>, <c>jp</c>, <c>eu</c> or <c>us</c>.</param>
/// <param name="ForeignSites">Sites abroad.</param>
/// <param name="DomesticSites">Sites at home.</param>
/// <param name="Minutes">Minutes of traffic that are really sent and captured.</param>
/// <param name="Days">Simulated days, resampled from the captured minutes.</param>
/// <param name="Detectors">Names of detectors; empty: all.</param>
/// <param name="Censors">Censors in the order in which a packet outwards meets them.</param>
/// <param name="Probers">Names of probers: <c>t10</c>, <c>t11</c>, <c>t22</c>, <c>t23</c>, <c>stack</c>.</param>
/// <param name="DelayScale">By what the published delays of probers are multiplied.</param>
/// <param name="Rules">Detectors whose hits lead to the enforcement chain; empty: all.</param>
/// <param name="Seed">The seed if none is given.</param>
/// <param name="Browser">Whether users and twins browse with Chromium, where there is one, or with curl.</param>
/// <param name="PagesAtOnce">How many browsers may load a page at the same time: more than the machine carries make
/// pages, and the router, late. What plays or waits after a page has come is not counted.</param>
/// <param name="OwnProcessor">Whether the router has a processor that nobody else of the run may use, where the machine
/// has two: it is punctual then, and the browsers are slower.</param>
/// <param name="Version">The version of this file's shape.</param>
public sealed record Scenario(
    string Name,
    string Description,
    int Subscribers,
    IReadOnlyList<string> Access,
    IReadOnlyList<ScenarioTool> Tools,
    string ToolDistance = "hk",
    int ForeignSites = 6,
    int DomesticSites = 3,
    double Minutes = 1,
    int Days = 30,
    IReadOnlyList<string>? Detectors = null,
    IReadOnlyList<ScenarioCensor>? Censors = null,
    IReadOnlyList<string>? Probers = null,
    double DelayScale = 0.001,
    IReadOnlyList<string>? Rules = null,
    int Seed = 1,
    bool Browser = true,
    int PagesAtOnce = 3,
    bool OwnProcessor = false,
    int Version = Scenario.CurrentVersion)
{
    /// <summary>The version of this file's shape that this program reads.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Checks what the shape alone cannot say.</summary>
    /// <exception cref="LabException">The first fault.</exception>
    public void Check()
    {
        Require(Version == CurrentVersion, "$.version", $"this program reads version {CurrentVersion}");
        Require(Subscribers is >= 1 and <= 250, "$.subscribers", "choose from 1 to 250");
        Require(Access.Count > 0, "$.access", "name at least one of 4g, 5g, wifi");
        foreach (var access in Access)
            Require(LinkProfiles.Access.ContainsKey(access), $"$.access: {access}", "4g, 5g, wifi");
        Require(LinkProfiles.Distance.ContainsKey(ToolDistance), $"$.toolDistance: {ToolDistance}", "hk, jp, eu, us");
        Require(ForeignSites is >= 1 and <= 60, "$.foreignSites", "choose from 1 to 60");
        Require(DomesticSites is >= 1 and <= 30, "$.domesticSites", "choose from 1 to 30");
        Require(Minutes is > 0 and <= 1440, "$.minutes", "choose more than 0, at most 1440");
        Require(PagesAtOnce is >= 1 and <= 250, "$.pagesAtOnce", "choose from 1 to 250");
        Require(Days is >= 1 and <= 3650, "$.days", "choose from 1 to 3650");
        Require(DelayScale is > 0 and <= 1, "$.delayScale", "choose more than 0, at most 1");
        Require(Tools.Sum(t => t.Users) <= Subscribers, "$.tools", "there are more users than subscribers");
        Require(Tools.All(t => t.Users >= 1), "$.tools", "a tool has at least one user");
        Require(
            Tools.Select(t => t.Name).Distinct(StringComparer.Ordinal).Count() == Tools.Count,
            "$.tools",
            "each tool once");
    }

    private static void Require(bool holds, string path, string hint)
    {
        if (!holds)
            throw new LabException($"scenario: {path} will not do", hint);
    }
}
