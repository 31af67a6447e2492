namespace Karez.Server.State;

/// <summary>What a running node says of one person.</summary>
/// <param name="Name">The person's name.</param>
/// <param name="Flows">Flows open now; someone with at least one is online.</param>
/// <param name="Up">Octets from the person since the node's start.</param>
/// <param name="Down">Octets to the person since the node's start.</param>
public sealed record PersonStatus(string Name, int Flows, long Up, long Down);
