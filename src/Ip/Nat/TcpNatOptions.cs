namespace Karez.Ip.Nat;

/// <summary>A table's limits; docs/protocols/tun.md has the reasons.</summary>
public sealed record TcpNatOptions
{
    /// <summary>The defaults.</summary>
    public static TcpNatOptions Default { get; } = new();

    /// <summary>Flows at once, at most 60,000.</summary>
    public int MaxFlows { get; init; } = 16_384;

    /// <summary>How long a flow may wait for its first answer.</summary>
    public TimeSpan Opening { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long an open flow may be still (RFC 5382 REQ-5 asks for 2 hours 4 minutes at least).</summary>
    public TimeSpan Open { get; init; } = TimeSpan.FromMinutes(124);

    /// <summary>How long a flow stays after both ends have finished.</summary>
    public TimeSpan Closing { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long an opening flow is safe from giving way in a full table.</summary>
    public TimeSpan SafeOpening { get; init; } = TimeSpan.FromSeconds(5);
}
