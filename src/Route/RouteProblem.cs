namespace Karez.Route;

/// <summary>What is wrong with a rule.</summary>
/// <param name="Origin">The rule.</param>
/// <param name="What">What.</param>
/// <param name="Hint">What helps.</param>
public sealed record RouteProblem(string Origin, string What, string Hint);
