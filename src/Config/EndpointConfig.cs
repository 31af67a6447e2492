namespace Karez.Config;

/// <summary>How several nodes are used: the <c>endpoints</c> member of <c>client.json</c>.</summary>
/// <param name="Choose"><c>order</c>: the first of the links that can be reached; <c>fastest</c>: the one whose
///     handshakes take least time.</param>
/// <param name="MaxSharePercent">The share of all octets from which on one address gives way to others; 100 for
///     no limit.</param>
/// <param name="Handshakes">Handshakes under way to one address; further ones wait.</param>
/// <param name="Connections">Connections held to one address; beyond them flows share connections, and where a node
///     takes no sharing another address is taken, or a flow waits up to five seconds; 0 for no limit.</param>
public sealed record EndpointConfig(
    string Choose = EndpointConfig.Order,
    int MaxSharePercent = 100,
    int Handshakes = 6,
    int Connections = 12)
{
    /// <summary>The first of the links that can be reached.</summary>
    public const string Order = "order";

    /// <summary>The one whose handshakes take least time.</summary>
    public const string Fastest = "fastest";

    /// <summary>Checks what the shape alone cannot say.</summary>
    public void Check(ICollection<Problem> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        if (Choose is not (Order or Fastest))
            problems.Add(new("$.endpoints.choose", "not a way to choose", "write \"order\" or \"fastest\""));
        NodeConfig.CheckRange("$.endpoints.maxSharePercent", MaxSharePercent, 1, 100, problems);
        NodeConfig.CheckRange("$.endpoints.handshakes", Handshakes, 1, 64, problems);
        NodeConfig.CheckRange("$.endpoints.connections", Connections, 0, 10_000, problems);
    }
}
