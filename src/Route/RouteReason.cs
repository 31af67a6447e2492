namespace Karez.Route;

/// <summary>Why it was decided so.</summary>
/// <param name="Decision">The decision.</param>
/// <param name="Origin">Where the rule was written; "otherwise" where none held.</param>
/// <param name="Matched">What of it held, as it is written; null where the rule has no target.</param>
/// <param name="List">The list that has it; null where the rule has it itself.</param>
/// <param name="File">The file of the list.</param>
public sealed record RouteReason(
    RouteDecision Decision, string Origin, string? Matched = null, string? List = null, string? File = null);
