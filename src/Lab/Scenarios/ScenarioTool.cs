namespace Karez.Lab.Scenarios;

/// <summary>A tool in a scenario.</summary>
/// <param name="Name">Its name in the tools' catalogue.</param>
/// <param name="Users">How many subscribers use it; each has a twin who does the same without.</param>
/// <param name="Control">Whether it is a positive control: the run fails when it is not caught.</param>
/// <param name="Caught">Detector and the share of its users that it must flag at least, written beforehand.</param>
/// <param name="Probed">
/// Whether probers visit its server, where the scenario has any: one that never answers takes them most of a minute.
/// </param>
/// <param name="OwnExit">
/// Whether destinations see another address than users reach. Without it those who look at the border can tell (T27).
/// </param>
public sealed record ScenarioTool(
    string Name,
    int Users,
    bool Control = false,
    IReadOnlyDictionary<string, double>? Caught = null,
    bool Probed = true,
    bool OwnExit = true);
