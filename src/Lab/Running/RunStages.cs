using Karez.Lab.Engines;
using Karez.Lab.Findings;
using Karez.Lab.Learners;
using Karez.Lab.Population;
using Karez.Lab.Reports;

namespace Karez.Lab.Running;

/// <summary>Which stages there are. A stage is added by its line here.</summary>
internal static class RunStages
{
    /// <summary>After the world is gone, in this order.</summary>
    public static IReadOnlyList<IRunStage> After { get; } =
    [
        new DetectorStage(), new EngineStage(), new DaysStage(), new RealismStage(), new LearnerStage(),
        new ReportStage(),
    ];

    /// <summary>Goes through all of them.</summary>
    public static async Task RunAsync(FinishedRun run, IRunProgress progress, CancellationToken cancellationToken)
    {
        foreach (var stage in After)
        {
            progress.Begin(stage.Name);
            await stage.RunAsync(run, progress, cancellationToken);
        }
    }
}
