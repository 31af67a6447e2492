using Karez.Probes.Nodes;
using Karez.Probes.Script;
using Karez.Probes.Suite;
using Karez.Probes.Targets;

namespace Karez.Probes.Tests;

/// <summary>A suite that finds nothing in a faulty node proves nothing: faults on purpose, and who finds them.</summary>
internal static class Mutants
{
    /// <summary>Looks for the fault in the relay that stands in for a node.</summary>
    public static Task IsFoundAsync(Mutation mutation, string target, ITestOutputHelper output) =>
        IsFoundAsync(mutation, target, output, () => new RelayStandIn(mutation));

    /// <summary>Runs the probes that look at the fault; the whole suite would find it too, and take longer.</summary>
    public static async Task IsFoundAsync(
        Mutation mutation, string target, ITestOutputHelper output, Func<INodeUnderTest> newNode)
    {
        var probes = FindersOf(mutation, target);
        var report = await RunAsync(newNode, target, probes, 0, output);
        Assert.False(report.IsGood);
        var found = Assert.IsType<Verdict>(report.Verdicts.FirstOrDefault(v => v.Outcome == Outcome.Differs));
        Assert.Contains(found.Probe.Name, report.Differences, StringComparison.Ordinal);
    }

    /// <summary>The probes that look at a fault.</summary>
    public static IReadOnlyList<Probe> FindersOf(Mutation mutation, string target) =>
        [.. Cases.All.Where(p => p.IsFor(target) && Finders(mutation).Any(p.Name.StartsWith))];

    /// <summary>Runs probes against nodes until one differs.</summary>
    public static async Task<SuiteReport> RunAsync(
        Func<INodeUnderTest> newNode, string name, IReadOnlyList<Probe> probes, int repetitions,
        ITestOutputHelper output)
    {
        using var files = TargetFiles.Create();
        await using var target = Borrowed.Of(name);
        var suite = new StrangerSuite(probes, newNode)
        {
            StopsEarly = true,
            Repetitions = repetitions,
        };
        var report = await suite.RunAsync(target, files, TestContext.Current.CancellationToken);
        output.WriteLine(report.Differences);
        return report;
    }

    private static string[] Finders(Mutation mutation) => mutation switch
    {
        Mutation.BufferOneShort => ["visit-1.2-http1-long", "replay-bad-finished[16401]", "random-long[8192]"],
        Mutation.ClosesOnBadTag => ["hello-1.3", "hello-alpn[h2]", "replay-tampered[tag]"],
        Mutation.ClosesOnBadFirstOctet => ["http-1", "random-short[17]", "alert-first[0]"],
        Mutation.KeepsHalfCloseToItself => ["hello-half-closed[9999]", "hello-then-silence-closed"],
        Mutation.ResetBecomesEnd => ["record-type[23]", "random-long[4096]", "replay-fatal[40]"],
        _ => throw new ArgumentOutOfRangeException(nameof(mutation), mutation, "is found by timing"),
    };
}
