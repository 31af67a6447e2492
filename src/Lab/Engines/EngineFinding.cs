namespace Karez.Lab.Engines;

/// <summary>What an engine said of a tool beyond what it says of the browser.</summary>
/// <param name="Engine">Its name and version.</param>
/// <param name="Note">What has to be known about it.</param>
/// <param name="Group">The tool.</param>
/// <param name="Scores">The alerts.</param>
public sealed record EngineFinding(string Engine, string Note, string Group, IReadOnlyList<EngineScore> Scores);
