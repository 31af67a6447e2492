using Karez.Lab.Scenarios;

namespace Karez.Lab.Running;

/// <summary>A run whose traffic was sent and whose captures are written.</summary>
/// <param name="Folder">Its folder.</param>
/// <param name="Scenario">What it was to be, with what the command line said.</param>
/// <param name="Manifest">Who was who.</param>
public sealed record FinishedRun(string Folder, Scenario Scenario, RunManifest Manifest);
