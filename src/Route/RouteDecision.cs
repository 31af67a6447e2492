namespace Karez.Route;

/// <summary>What was decided.</summary>
/// <param name="Action">Which way.</param>
/// <param name="Rule">The rule's place, from 0; -1 where none held.</param>
public readonly record struct RouteDecision(RouteAction Action, int Rule);
