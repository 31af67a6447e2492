using System.Net;
using Karez.Client.Device;
using Karez.Client.Endpoints;
using Karez.Client.Subscriptions;
using Karez.Config.Links;
using Karez.Net.Relay;
using Karez.Proxy;
using Karez.Route;
using Karez.Tun;

namespace Karez.Client;

/// <summary>A client's configuration, compiled: immutable, made once per start.</summary>
public sealed record ClientPlan
{
    /// <summary>Where local programs find it; null: there is no port.</summary>
    public required IPEndPoint? Listen { get; init; }

    /// <summary>The node.</summary>
    public required VlessLink Link { get; init; }

    /// <summary>Further nodes, for when those before cannot be reached.</summary>
    public IReadOnlyList<VlessLink> Others { get; init; } = [];

    /// <summary>Name of the browser profile to resemble.</summary>
    public required string Profile { get; init; }

    /// <summary>What local programs must show; null lets everyone in.</summary>
    public ProxyCredentials? Credentials { get; init; }

    /// <summary>The version to state in hellos.</summary>
    public Camouflage.Reality.ClientVersion Version { get; init; } = Camouflage.Reality.ClientVersion.Stated;

    /// <summary>When local programs hear that their connection stands.</summary>
    public AnswerMode Answers { get; init; }

    /// <summary>How many of the nodes stand in the configuration itself; those of subscriptions follow.</summary>
    public int Own { get; init; } = int.MaxValue;

    /// <summary>Where further nodes come from.</summary>
    public IReadOnlyList<Subscription> Subscriptions { get; init; } = [];

    /// <summary>How several nodes are used.</summary>
    public EndpointPlan Endpoints { get; init; } = EndpointPlan.Default;

    /// <summary>Which way flows go.</summary>
    public RouteTable Rules { get; init; } = RouteTable.Default;

    /// <summary>Most local connections held at once.</summary>
    public int MaxConnections { get; init; } = 20_000;

    /// <summary>Tunnels to hold ready on each loop; 0 makes each when a flow needs it.</summary>
    public int WarmConnections { get; init; }

    /// <summary>SO_MARK of every socket to the node; 0 sets none.</summary>
    public uint Mark { get; init; }

    /// <summary>The file in which it is kept where nodes were whose links have a name; null for memory.</summary>
    public string? AddressFile { get; init; }

    /// <summary>
    /// Where nodes are, of a device; null makes it of <see cref="AddressFile"/> and this machine's resolver.
    /// </summary>
    internal NodeAddresses? Addresses { get; init; }

    /// <summary>Public resolvers, of which nodes' names are asked for through the channel.</summary>
    internal IReadOnlyList<IPEndPoint> FarResolvers { get; init; } = TunOptions.Default.FarResolvers;

    /// <summary>How long what was sent to the node may stay unacknowledged; null leaves it to the kernel.</summary>
    public TimeSpan? Patience { get; init; }

    /// <summary>For a connection to the node.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long flows may be still.</summary>
    public FlowLimits Limits { get; init; } = FlowLimits.Default;

    /// <summary>Bounds of UDP streams.</summary>
    public DatagramLimits Datagrams { get; init; } = DatagramLimits.Default;
}
