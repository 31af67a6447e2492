using Karez.Probes.Nodes;
using Karez.Probes.Script;
using Karez.Probes.Suite;
using Karez.Probes.Targets;

namespace Karez.Probes.Tests;

/// <summary>A suite that finds nothing in a faulty node proves nothing: each fault on purpose must be found.</summary>
[Collection("loopback")]
public class MutantTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(Mutation.BufferOneShort, "nginx")]
    [InlineData(Mutation.BufferOneShort, "kestrel")]
    [InlineData(Mutation.BufferOneShort, "s_server")]
    [InlineData(Mutation.ClosesOnBadTag, "nginx")]
    [InlineData(Mutation.ClosesOnBadTag, "kestrel")]
    [InlineData(Mutation.ClosesOnBadTag, "s_server")]
    [InlineData(Mutation.ClosesOnBadFirstOctet, "nginx")]
    [InlineData(Mutation.KeepsHalfCloseToItself, "nginx")]
    [InlineData(Mutation.ResetBecomesEnd, "nginx")]
    public async Task A_fault_on_purpose_is_found(Mutation mutation, string name)
    {
        var probes = Cases.All.Where(p => p.Patience <= 1500).ToList();
        var report = await RunAsync(mutation, name, probes, 0);
        Assert.Contains(report.Verdicts, v => v.Outcome == Outcome.Differs);
    }

    [Fact]
    public async Task Eight_milliseconds_too_late_are_found()
    {
        var probes = Cases.All.Where(p => p is { Timed: Timed.FirstOctet, Name: "hello-1.3" }).ToList();
        var report = await RunAsync(Mutation.Late, "nginx", probes, 30);
        Assert.Contains(report.Timings, t => !t.IsGood);
    }

    private async Task<SuiteReport> RunAsync(
        Mutation mutation, string name, IReadOnlyList<Probe> probes, int repetitions)
    {
        using var files = TargetFiles.Create();
        await using Target target = name switch
        {
            "nginx" => new NginxTarget(),
            "kestrel" => new KestrelTarget(),
            _ => new SServerTarget(),
        };
        var suite = new StrangerSuite(probes, () => new RelayStandIn(mutation))
        {
            StopsEarly = true,
            Repetitions = repetitions,
        };
        var report = await suite.RunAsync(target, files, TestContext.Current.CancellationToken);
        output.WriteLine(report.Differences);
        Assert.False(report.IsGood);
        return report;
    }
}
