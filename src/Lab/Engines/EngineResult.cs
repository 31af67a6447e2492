namespace Karez.Lab.Engines;

/// <summary>What an engine made of a capture.</summary>
/// <param name="Engine">Its name and version as it says them.</param>
/// <param name="Note">What has to be known about it: its age, what rules it lacks.</param>
/// <param name="Flows">How many flows it saw.</param>
/// <param name="Alerts">What it said.</param>
public sealed record EngineResult(string Engine, string Note, int Flows, IReadOnlyList<EngineAlert> Alerts);
