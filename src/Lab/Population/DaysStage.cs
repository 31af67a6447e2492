using Karez.Lab.Detectors;
using Karez.Lab.Findings;
using Karez.Lab.Running;

namespace Karez.Lab.Population;

/// <summary>Simulated days of each group, and what enforcement makes of them.</summary>
internal sealed class DaysStage : IRunStage
{
    /// <summary>Simulated people of a group; our choice.</summary>
    public const int People = 40;

    private static readonly (string Name, int? Half)[] s_parts =
        [("all", null), ("first half", 0), ("second half", 1)];

    /// <inheritdoc/>
    public string Name => "days";

    /// <inheritdoc/>
    public Task RunAsync(FinishedRun run, IRunProgress progress, CancellationToken cancellationToken)
    {
        var traffic = run.Traffic ?? throw new InvalidOperationException("The detectors come first.");
        var found = new List<GroupDays>();
        foreach (var group in traffic.Groups.Where(group => group != RunTraffic.Fetch))
        {
            foreach (var (name, half) in s_parts)
            {
                cancellationToken.ThrowIfCancellationRequested();
                progress.Tell($"{group}, {name}");
                if (SessionPool.Of(traffic, group, half) is { } pool)
                    found.Add(Simulate(run, pool, name));
            }
        }

        run.Report.Days = found;
        return Task.CompletedTask;
    }

    private static GroupDays Simulate(FinishedRun run, SessionPool pool, string part)
    {
        var (days, seed) = (run.Scenario.Days, run.Scenario.Seed);
        IReadOnlyCollection<string> rules = run.Scenario.Rules is { Count: > 0 } written
            ? written
            : [.. DetectorCatalogue.All().Select(detector => detector.Info.Name)];
        var hits = SimulatedMonth.Hits(
            pool, People, days, seed, () => DetectorCatalogue.Named(["t25-concentration", "t28-fan-out"]));
        return ChainOutcome.Of(pool, part, hits, rules, People, days, seed);
    }
}
