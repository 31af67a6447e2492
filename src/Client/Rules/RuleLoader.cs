using Karez.Config;
using Karez.Route;
using Karez.Route.Lists;

namespace Karez.Client.Rules;

/// <summary>Rules from a configuration.</summary>
public static class RuleLoader
{
    /// <summary>Opens the files, and compiles the rules over them.</summary>
    /// <param name="config">What was written; null for none.</param>
    /// <param name="folder">Where compiled files may be kept; null for memory.</param>
    /// <param name="problems">Receives what is wrong.</param>
    /// <returns>Null if there was a problem.</returns>
    public static RouteTable? Load(RouteConfig? config, string? folder, ICollection<Problem> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        if (config is null)
            return RouteTable.Default;
        var before = problems.Count;
        var rules = config.Compile(problems);
        var otherwise = RouteConfig.CompileAction("$.route.otherwise", config.Otherwise, problems);
        var files = new RuleFiles(folder);
        List<RouteList> lists = [.. (config.Files ?? [])
            .Select((path, index) => files.Open(path, $"$.route.files[{index}]", problems)).OfType<RouteList>()];
        if (problems.Count > before)
            return null;
        var wrong = new List<RouteProblem>();
        var table = RouteTable.Compile(rules, lists, otherwise, wrong);
        foreach (var problem in wrong)
            problems.Add(new(problem.Origin, problem.What, problem.Hint));
        return table;
    }
}
