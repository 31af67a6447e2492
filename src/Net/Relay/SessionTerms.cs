using Karez.Net.Outbounds;

namespace Karez.Net.Relay;

/// <summary>What the sessions of one person's stream use, and within which bounds.</summary>
public sealed record SessionTerms
{
    /// <summary>The way out.</summary>
    public required DirectOutbound Exit { get; init; }

    /// <summary>The sockets of UDP sessions.</summary>
    public required SocketShelf Sockets { get; init; }

    /// <summary>The person, by whom sockets are kept.</summary>
    public required Guid User { get; init; }

    /// <summary>Told of octets from and to the person as they pass.</summary>
    public required Action<long, long> Count { get; init; }

    /// <summary>False once sockets must not outlive their stream: the person was revoked, or the node stops.</summary>
    public required Func<bool> MayKeep { get; init; }

    /// <summary>Bounds what comes from the person, with all flows of the same person.</summary>
    public RateLimit? UpRate { get; init; }

    /// <summary>Bounds what goes to the person.</summary>
    public RateLimit? DownRate { get; init; }

    /// <summary>For TCP sessions.</summary>
    public FlowLimits Streams { get; init; } = FlowLimits.Default;

    /// <summary>For UDP sessions.</summary>
    public DatagramLimits Datagrams { get; init; } = DatagramLimits.Default;
}
