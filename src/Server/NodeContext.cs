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

    /// <summary>Whether TCP may be in Mux.Cool under Vision.</summary>
    public required bool Sharing { get; init; }

    /// <summary>How long a client may take to leave after it heard why its flow failed (our choice).</summary>
    public TimeSpan LingerTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
