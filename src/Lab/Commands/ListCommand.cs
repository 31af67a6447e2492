using System.CommandLine;
using Karez.Lab.Detectors;
using Karez.Lab.Scenarios;
using Karez.Lab.Tools;

namespace Karez.Lab.Commands;

/// <summary><c>karez-lab list detectors|scenarios|tools</c>.</summary>
internal static class ListCommand
{
    public static Command Build()
    {
        var what = new Argument<string>("what") { Description = "detectors, scenarios or tools" };
        what.AcceptOnlyFromAmong("detectors", "scenarios", "tools");
        var command = new Command("list", "Names what there is.") { what };
        command.SetAction(parsed =>
        {
            var lines = parsed.GetRequiredValue(what) switch
            {
                "scenarios" => ScenarioFolder.All().Select(s => (s.Name, s.Description)),
                "detectors" => Detectors(),
                _ => Tools(),
            };
            foreach (var (name, about) in lines)
                parsed.InvocationConfiguration.Output.WriteLine($"{name,-24} {about}");
            return LabCommand.Done;
        });
        return command;
    }

    /// <summary>Name and one line of each detector.</summary>
    private static IEnumerable<(string Name, string About)> Detectors() =>
        DetectorCatalogue.All().Select(detector => (detector.Info.Name, detector.Info.About));

    /// <summary>Name and one line of each tool, and what it lacks here.</summary>
    private static IEnumerable<(string Name, string About)> Tools() => ToolCatalogue.With().All.Select(tool =>
        (tool.Name, tool.WhyNot is { } reason ? $"{tool.About} ({reason})" : tool.About));
}
