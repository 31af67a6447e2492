namespace Karez.Net.Relay;

/// <summary>What a flow carried, and how it ended.</summary>
/// <param name="Up">Octets from the plain side into the tunnel.</param>
/// <param name="Down">Octets from the tunnel to the plain side.</param>
/// <param name="End">How it ended.</param>
public readonly record struct FlowResult(long Up, long Down, FlowEnd End);
