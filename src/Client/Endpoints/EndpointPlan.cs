namespace Karez.Client.Endpoints;

/// <summary>How several nodes are used.</summary>
public sealed record EndpointPlan
{
    /// <summary>The defaults.</summary>
    public static EndpointPlan Default { get; } = new();

    /// <summary>
    /// Whether the one with the quickest handshakes is taken, in place of the first that can be reached.
    /// </summary>
    public bool TakesFastest { get; init; }

    /// <summary>The share of all octets from which on one address gives way to others; 1 for no limit.</summary>
    public double MaxShare { get; init; } = 1;

    /// <summary>Handshakes under way to one address.</summary>
    public int Handshakes { get; init; } = 6;

    /// <summary>Connections held to one address; beyond them flows share or wait; 0 for no limit.</summary>
    public int Connections { get; init; } = 12;

    /// <summary>How long a shared connection without flows is kept, about (our choice).</summary>
    public TimeSpan CarrierIdle { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether probes are left out that nothing needs at the moment.</summary>
    public bool IsMetered { get; init; }

    /// <summary>Where it is kept what worked last on which network; null for nowhere.</summary>
    public string? Memory { get; init; }
}
