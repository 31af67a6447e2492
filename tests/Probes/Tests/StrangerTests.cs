using Karez.Probes.Nodes;
using Karez.Probes.Suite;
using Karez.Probes.Targets;

namespace Karez.Probes.Tests;

[Collection("loopback")]
public class StrangerTests(ITestOutputHelper output)
{
    [Fact]
    public Task Strangers_cannot_tell_the_stand_in_from_nginx() => RunAsync(new NginxTarget());

    [Fact]
    public Task Strangers_cannot_tell_the_stand_in_from_Kestrel() => RunAsync(new KestrelTarget());

    [Fact]
    public Task Strangers_cannot_tell_the_stand_in_from_s_server() => RunAsync(new SServerTarget());

    private async Task RunAsync(Target target)
    {
        using var files = TargetFiles.Create();
        await using var _ = target;
        var suite = new StrangerSuite(Cases.All, () => new RelayStandIn());
        var report = await suite.RunAsync(target, files, TestContext.Current.CancellationToken);
        output.WriteLine(report.ToString());
        Assert.True(report.IsGood, report.Differences);
    }
}
