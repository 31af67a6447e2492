using Karez.Lab.Censors;
using Karez.Lab.Detectors;
using Karez.Lab.Router;
using Karez.Lab.Scenarios;
using Karez.Lab.Worlds;

namespace Karez.Lab.Running;

/// <summary>Which censors there are. A censor is added by its line here.</summary>
internal static class RunCensors
{
    private static readonly Dictionary<string, Func<ScenarioCensor, Place, WorldPlan, ICensor>> s_makers =
        CensorCatalogue.Names.ToDictionary(name => name, Maker, StringComparer.Ordinal);

    /// <summary>The censors of a scenario, in its order.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="plan">The world's addresses, which they know.</param>
    /// <exception cref="LabException">There is no such censor or place.</exception>
    public static IReadOnlyList<ICensor> Of(Scenario scenario, WorldPlan plan) =>
    [
        .. (scenario.Censors ?? []).Select(written =>
            s_makers.TryGetValue(written.Name, out var make)
            && Enum.TryParse<Place>(written.Place, ignoreCase: true, out var place) && Enum.IsDefined(place)
                ? make(written, place, plan)
                : throw new LabException(
                    $"scenario: there is no censor {written.Name} at {written.Place}",
                    "places are carrier, provincial and national")),
    ];

    private static Func<ScenarioCensor, Place, WorldPlan, ICensor> Maker(string name) => (written, place, plan) =>
    {
        var around = new Surroundings();
        foreach (var prefix in plan.Prefixes)
            around.Add(prefix);
        around.BlockedNames.UnionWith(written.Names ?? []);
        return CensorCatalogue.Make(name, place, around);
    };
}
