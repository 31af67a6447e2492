using Karez.Lab.Worlds;

namespace Karez.Lab.Population;

/// <summary>Where people go.</summary>
internal static class LifeSites
{
    /// <summary>The names of sites that are visited.</summary>
    public static IReadOnlyList<string> Of(WorldPlan plan, bool foreign) =>
    [
        .. plan.Sites.Where(site => site.Foreign == foreign && site.Name.StartsWith("www.", StringComparison.Ordinal))
            .Select(site => site.Name),
    ];
}
