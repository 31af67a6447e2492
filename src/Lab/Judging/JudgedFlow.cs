namespace Karez.Lab.Judging;

/// <summary>A flow with evidence. Who the client is stands nowhere in it.</summary>
/// <param name="Number">Its place among the capture's flows, from 1, in the order in which they began.</param>
/// <param name="Server">Protocol, address and port of the other end.</param>
/// <param name="Seconds">When it began, since the capture's first flow.</param>
/// <param name="ServerName">The name in its hello; null for none.</param>
/// <param name="Evidence">What was found.</param>
public sealed record JudgedFlow(
    int Number, string Server, double Seconds, string? ServerName, IReadOnlyList<JudgedEvidence> Evidence);
