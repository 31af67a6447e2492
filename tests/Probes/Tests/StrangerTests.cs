using Karez.Probes.Nodes;
using Karez.Probes.Suite;
using Karez.Probes.Targets;

namespace Karez.Probes.Tests;

[Collection("loopback")]
public class StrangerTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("nginx")]
    [InlineData("kestrel")]
    [InlineData("s_server")]
    public async Task Strangers_cannot_tell_a_plain_relay_from_its_target(string name)
    {
        using var files = TargetFiles.Create();
        await using var target = Borrowed.Of(name);
        var suite = new StrangerSuite(Cases.All, () => new RelayStandIn());
        var report = await suite.RunAsync(target, files, TestContext.Current.CancellationToken);
        output.WriteLine(report.ToString());
        Assert.True(report.IsGood, report.Differences);
    }

    [Fact]
    public async Task Eight_milliseconds_too_late_are_found()
    {
        var probes = Cases.All.Where(p => p.Name == "hello-1.3").ToList();
        var report = await Mutants.RunAsync(Mutation.Late, "nginx", probes, 30, output);
        Assert.Contains(report.Timings, t => !t.IsGood);
    }
}
