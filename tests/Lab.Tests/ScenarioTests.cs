using Karez.Lab.Scenarios;

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
