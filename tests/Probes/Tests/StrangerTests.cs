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
    public Task Strangers_cannot_tell_the_node_from_its_target(string name) => RunAsync(name, () => new KarezNode());

    /// <summary>What must pass, or the suite asks too much; the node then passes against all three.</summary>
    [Fact]
    public Task Strangers_cannot_tell_a_plain_relay_from_its_target() => RunAsync("nginx", () => new RelayStandIn());

    private async Task RunAsync(string name, Func<INodeUnderTest> newNode)
    {
        using var files = TargetFiles.Create();
        await using var target = Borrowed.Of(name);
        var suite = new StrangerSuite(Cases.All, newNode);
        var report = await suite.RunAsync(target, files, TestContext.Current.CancellationToken);
        output.WriteLine(report.ToString());
        Assert.True(report.IsGood, report.Differences);
    }

    [Fact]
    public async Task Thirty_milliseconds_too_late_are_found()
    {
        var probes = Cases.All.Where(p => p.Name == "hello-1.3").ToList();
        var report = await Mutants.RunAsync(
            () => new RelayStandIn(Mutation.Late), "nginx", probes, 30, output);
        Assert.Contains(report.Timings, t => !t.IsGood);
    }
}
