using System.Collections.Concurrent;
using System.Diagnostics;
using Karez.Probes.Nodes;
using Karez.Probes.Script;
using Karez.Probes.Targets;

namespace Karez.Probes.Suite;

/// <summary>Runs probes against a target and a node in front of it.</summary>
/// <param name="probes">Which.</param>
/// <param name="newNode">Makes a node; called once per endpoint of the target.</param>
public sealed class StrangerSuite(IReadOnlyList<Probe> probes, Func<INodeUnderTest> newNode)
{
    /// <summary>Repetitions of each timed probe; 0 times nothing.</summary>
    public int Repetitions { get; init; } = 50;

    /// <summary>Stops at the first difference.</summary>
    public bool StopsEarly { get; init; }

    /// <summary>Runs all, compared ones side by side and timed ones alone.</summary>
    public async Task<SuiteReport> RunAsync(Target target, TargetFiles files, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        await target.StartAsync(files, cancellationToken);
        List<Sides> doors = [];
        try
        {
            foreach (var endpoint in target.Endpoints)
            {
                var node = newNode();
                var door = await node.StartAsync(endpoint, TargetFiles.ServerName, cancellationToken);
                doors.Add(new Sides(endpoint, door, node));
            }

            var verdicts = await CompareAsync(target, doors, cancellationToken);
            List<TimingVerdict> timings = [];
            if (Repetitions > 0 && !(StopsEarly && verdicts.Any(v => !v.IsGood)))
            {
                foreach (var probe in probes.Where(p => p.Timed != Timed.Not && p.IsFor(target.Name)))
                {
                    var timing = await TimingRun.RunAsync(probe, doors[0], Repetitions, cancellationToken);
                    // a machine with other work has moods longer than fifty turns: a difference must show twice
                    if (timing is { IsGood: false })
                        timing = await TimingRun.RunAsync(probe, doors[0], Repetitions, cancellationToken);
                    if (timing is not null)
                        timings.Add(timing);
                }
            }

            return new SuiteReport(target.Name, verdicts, timings, Stopwatch.GetElapsedTime(began));
        }
        finally
        {
            foreach (var door in doors)
                await door.NodeUnderTest.DisposeAsync();
        }
    }

    private async Task<IReadOnlyList<Verdict>> CompareAsync(
        Target target, List<Sides> doors, CancellationToken cancellationToken)
    {
        // the patient ones first, so that none of them is left over at the end
        var waiting = new ConcurrentQueue<Probe>(
            probes.Where(p => p.IsFor(target.Name)).OrderByDescending(p => p.Patience));
        var verdicts = new ConcurrentBag<Verdict>();
        var workers = doors.SelectMany(d => Enumerable.Repeat(d, target.AtOnce)).Select(async sides =>
        {
            while (waiting.TryDequeue(out var probe) && !(StopsEarly && verdicts.Any(v => !v.IsGood)))
                verdicts.Add(await CompareAsync(probe, sides, cancellationToken));
        });
        await Task.WhenAll(workers);
        return [.. verdicts];
    }

    private static async Task<Verdict> CompareAsync(Probe probe, Sides sides, CancellationToken cancellationToken)
    {
        var context = await sides.ContextAsync(probe, cancellationToken);
        return await new Comparison(probe, context, sides).RunAsync(cancellationToken);
    }
}
