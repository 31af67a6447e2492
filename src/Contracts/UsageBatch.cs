namespace Karez.Contracts;

/// <summary>A node's account of a while; sent until acknowledged, counted once by its sequence.</summary>
/// <param name="Node">The node's name at its control plane.</param>
/// <param name="Sequence">Rises by one with each batch of the node.</param>
/// <param name="Deltas">One entry for each person who moved anything.</param>
public sealed record UsageBatch(string Node, long Sequence, IReadOnlyList<Usage> Deltas);
