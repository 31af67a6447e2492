namespace Karez.Lab.Running;

/// <summary>What the command line says about a run beside the scenario.</summary>
/// <param name="Folder">The run's folder; it must not exist, or be empty.</param>
/// <param name="Seed">Instead of the scenario's.</param>
/// <param name="Tools">Only these of the scenario's tools.</param>
/// <param name="Subscribers">Instead of the scenario's.</param>
/// <param name="Days">Instead of the scenario's.</param>
/// <param name="Minutes">Instead of the scenario's.</param>
/// <param name="ToolFile">More tools.</param>
/// <param name="Real">A capture of a real browser, of one client, to hold the run's browsers beside it.</param>
public sealed record RunOptions(
    string Folder,
    int? Seed = null,
    IReadOnlyList<string>? Tools = null,
    int? Subscribers = null,
    int? Days = null,
    double? Minutes = null,
    string? ToolFile = null,
    string? Real = null)
{
    /// <summary>The scenario with what was said instead.</summary>
    /// <exception cref="LabException">It will not do.</exception>
    public Scenarios.Scenario Apply(Scenarios.Scenario scenario)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        var tools = scenario.Tools;
        if (Tools is not null)
        {
            tools = [.. Tools.Select(name =>
                scenario.Tools.FirstOrDefault(tool => tool.Name == name) ?? new Scenarios.ScenarioTool(name, 1))];
        }

        var said = scenario with
        {
            Seed = Seed ?? scenario.Seed,
            Tools = tools,
            Subscribers = Subscribers ?? scenario.Subscribers,
            Days = Days ?? scenario.Days,
            Minutes = Minutes ?? scenario.Minutes,
        };
        said.Check();
        return said;
    }
}
