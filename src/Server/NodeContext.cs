using Karez.Net.Outbounds;
using Karez.Net.Relay;
using Karez.Wire;

namespace Karez.Server;

/// <summary>What every guest of a node shares.</summary>
internal sealed record NodeContext
{
    public required DirectOutbound Exit { get; init; }

    public required IEntropy Entropy { get; init; }

    public required FlowLimits Limits { get; init; }

    public required Guests Guests { get; init; }

    public required SocketShelf Sockets { get; init; }

    public required DatagramLimits Datagrams { get; init; }

    /// <summary>How long an admitted client may take to say what it wants (our choice).</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a client may take to leave after it heard why its flow failed (our choice).</summary>
    public TimeSpan LingerTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long the borrowed site bears a request that never ends; nginx's default until it is learnt.
    /// </summary>
    public TimeSpan SilenceTimeout { get; init; } = TimeSpan.FromSeconds(60);
}
