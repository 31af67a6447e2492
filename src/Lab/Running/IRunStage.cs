
namespace Karez.Lab.Running;

/// <summary>What is done with a run after its world is gone: detectors, engines, learners, reports.</summary>
public interface IRunStage
{
    /// <summary>Its name, for the display.</summary>
    string Name { get; }

    /// <summary>
    /// Does it. Stages run in the order of <see cref="RunStages.After"/>; each may read what those before it wrote.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="progress">Is told how far it is.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task RunAsync(FinishedRun run, IRunProgress progress, CancellationToken cancellationToken);
}
