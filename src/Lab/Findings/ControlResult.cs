using Karez.Lab.Scenarios;

namespace Karez.Lab.Findings;

/// <summary>A positive control: was it caught as the scenario had written beforehand?</summary>
/// <param name="Tool">The control.</param>
/// <param name="Detector">Which detector had to flag it.</param>
/// <param name="Wanted">The share of its users at least.</param>
/// <param name="UsersHit">Users flagged.</param>
/// <param name="Users">Of how many.</param>
public sealed record ControlResult(string Tool, string Detector, double Wanted, int UsersHit, int Users)
{
    /// <summary>Whether it was.</summary>
    public bool Passed => Users > 0 && UsersHit >= Wanted * Users;

    /// <summary>Checks every control of a scenario.</summary>
    public static IReadOnlyList<ControlResult> Of(IReadOnlyList<ScenarioTool> tools, IReadOnlyList<MatrixRow> matrix)
    {
        ArgumentNullException.ThrowIfNull(tools);
        return
        [
            .. from tool in tools
               from wanted in tool.Caught ?? new Dictionary<string, double>()
               let row = matrix.FirstOrDefault(row => row.Group == tool.Name && row.Detector == wanted.Key)
               select new ControlResult(tool.Name, wanted.Key, wanted.Value, row?.UsersHit ?? 0, row?.Users ?? 0),
        ];
    }
}
