namespace Karez.Client.Rules;

/// <summary>Why a destination goes the way it goes, for people and for scripts.</summary>
/// <param name="Host">The name or address.</param>
/// <param name="Port">The port.</param>
/// <param name="Network"><c>tcp</c> or <c>udp</c>.</param>
/// <param name="Goes"><c>channel</c>, <c>direct</c> or <c>refuse</c>.</param>
/// <param name="Rule">The rule that decided: where it is written, or "otherwise".</param>
/// <param name="Matched">What of the rule held; null where it has no target.</param>
/// <param name="List">The list that has it.</param>
/// <param name="File">The list's file.</param>
/// <param name="Names">Who learns that the name is asked for.</param>
/// <param name="Carrier">What the carrier sees.</param>
public sealed record RouteWhy(
    string Host, int Port, string Network, string Goes, string Rule, string? Matched, string? List, string? File,
    string Names, string Carrier);
