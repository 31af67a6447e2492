namespace Karez.Lab.Scenarios;

/// <summary>A censor in a scenario.</summary>
/// <param name="Name">Its name among the censors.</param>
/// <param name="Place">Where it sits: <c>carrier</c>, <c>provincial</c> or <c>national</c>.</param>
/// <param name="Names">Server names or suffixes that it acts on, where it acts on names.</param>
public sealed record ScenarioCensor(string Name, string Place, IReadOnlyList<string>? Names = null);
