using Karez.Lab.Censors;
using Karez.Lab.Detectors;
using Karez.Lab.Scenarios;
using Karez.Lab.Tools;

namespace Karez.Lab.Tests;

/// <summary>Scenario files are read strictly.</summary>
public class ScenarioTests
{
    [Fact]
    public void Every_scenario_in_the_tree_is_read_and_named_after_its_file()
    {
        Assert.NotEmpty(ScenarioFolder.All());
        Assert.All(ScenarioFolder.All(), s => Assert.True(File.Exists(Path.Combine(ScenarioFolder.Path, s.Name + ".json"))));
    }

    [Fact]
    public void Every_scenario_names_detectors_censors_and_tools_that_there_are()
    {
        var detectors = DetectorCatalogue.All().Select(detector => detector.Info.Name).ToHashSet();
        var tools = ToolCatalogue.With().All.Select(tool => tool.Name).ToHashSet();
        Assert.All(ScenarioFolder.All(), scenario =>
        {
            Assert.All([.. scenario.Detectors ?? [], .. scenario.Rules ?? []], name => Assert.Contains(name, detectors));
            Assert.All(scenario.Tools.SelectMany(tool => tool.Caught?.Keys ?? []), name => Assert.Contains(name, detectors));
            Assert.All(scenario.Censors ?? [], censor => Assert.Contains(censor.Name, CensorCatalogue.Names));
            Assert.All(scenario.Tools, tool => Assert.Contains(tool.Name, tools));
            Assert.All(scenario.Tools, tool => Assert.Equal(tool.Control, tool.Caught is { Count: > 0 }));
        });
        var names = ScenarioFolder.All().Select(scenario => scenario.Name).ToHashSet();
        Assert.All(
            ["smoke", "mobile-xinjiang", "great-firewall", "russia-2026", "carrier-records"],
            name => Assert.Contains(name, names));
    }

    [Theory]
    [InlineData("{}", "missing")]
    [InlineData("""{"name":"a","description":"b","subscribers":1,"access":["4g"],"tools":[],"colour":1}""", "colour")]
    [InlineData("""{"name":"a","description":"b","subscribers":0,"access":["4g"],"tools":[]}""", "$.subscribers")]
    [InlineData("""{"name":"a","description":"b","subscribers":1,"access":["4g"],"tools":[{"name":"x","users":2}]}""", "$.tools")]
    [InlineData("not json", "is an invalid JSON")]
    public void What_is_wrong_is_told(string text, string part)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, text);
            Assert.Contains(part, Assert.Throws<LabException>(() => ScenarioFolder.Read(file)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("none")]
    [InlineData("../smoke")]
    [InlineData("/etc/passwd")]
    public void What_is_not_there_is_not_found(string name) =>
        Assert.Contains("no scenario", Assert.Throws<LabException>(() => ScenarioFolder.Find(name)).Message, StringComparison.Ordinal);
}
