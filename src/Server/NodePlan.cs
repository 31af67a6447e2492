using System.Collections.Frozen;
using System.Net;
using Karez.Camouflage.Reality;
using Karez.Config;
using Karez.Net.Relay;
using Karez.Server.State;
using Karez.Server.Targets;
using Karez.Wire;

namespace Karez.Server;

/// <summary>A node's configuration, compiled: immutable, made once per start.</summary>
public sealed record NodePlan
{
    /// <summary>Where it listens.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>The borrowed site.</summary>
    public required Endpoint Target { get; init; }

    /// <summary>The names that the borrowed site goes by.</summary>
    public required FrozenSet<string> Names { get; init; }

    /// <summary>The node's X25519 private key.</summary>
    public required Secret PrivateKey { get; init; }

    /// <summary>The ML-DSA-65 seed, 32 octets, or nothing.</summary>
    public ReadOnlyMemory<byte> MlDsaSeed { get; init; }

    /// <summary>True when the keys are as young as this process, so that no older hello can exist.</summary>
    public bool KeysAreNew { get; init; }

    /// <summary>Addresses from which the exit connects; none leaves it to the routing table.</summary>
    public IReadOnlyList<IPAddress> Egress { get; init; } = [];

    /// <summary>Begin connections to the target with a PROXY protocol header.</summary>
    public bool ProxyProtocol { get; init; }

    /// <summary>Lifts the exit's refusal of private destinations, for labs.</summary>
    public bool AllowPrivate { get; init; }

    /// <summary>Accept only hellos with a hybrid share in front.</summary>
    public bool StrictHybrid { get; init; }

    /// <summary>Lowest client version accepted; null accepts all.</summary>
    public ClientVersion? MinClientVersion { get; init; }

    /// <summary>Most connections held at once.</summary>
    public int MaxConnections { get; init; } = 20_000;

    /// <summary>Connections a second to the target.</summary>
    public int TargetConnectionsPerSecond { get; init; } = 1000;

    /// <summary>Takes TCP in Mux.Cool from accounts with Vision.</summary>
    public bool Sharing { get; init; } = true;

    /// <summary>How long a flow may be still.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Bounds of UDP sessions.</summary>
    public DatagramLimits Datagrams { get; init; } = DatagramLimits.Default;

    /// <summary>How long flows may go on after a stop was asked for.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Hellos that a restart must not forget; null keeps none.</summary>
    public HelloJournal? Hellos { get; init; }

    /// <summary>
    /// Lets in only what is stamped later than any hello of an earlier process can be: for a start that has keys and no
    /// <see cref="Hellos"/>. Everybody meets the site for the first 90 seconds.
    /// </summary>
    public bool OpensLate { get; init; }

    /// <summary>What an earlier start learnt of the target.</summary>
    public LearntTarget? Learnt { get; init; }

    /// <summary>How often the target is looked at, beside learning it; null never.</summary>
    public TimeSpan? TargetLook { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How strangers' octets are handled; tests put faults in here.</summary>
    internal StrangerCare StrangerCare { get; init; } = StrangerCare.Faithful;

    /// <summary>Compiles checked configuration and keys.</summary>
    public static NodePlan Compile(NodeConfig config, NodeKeys keys, bool keysAreNew)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(keys);
        var privateKey = new Secret(32);
        keys.CopyPrivateKey(privateKey.Octets);
        var seed = new byte[32];
        var hasSeed = keys.TryCopyMlDsaSeed(seed);
        return new NodePlan
        {
            Listen = IPEndPoint.Parse(config.Listen),
            Target = Endpoint.TryParse(config.Target, 443, out var target)
                ? target
                : throw new ArgumentException("The configuration was not checked.", nameof(config)),
            Names = FrozenSet.Create(StringComparer.Ordinal, config.EffectiveName() ?? ""),
            PrivateKey = privateKey,
            MlDsaSeed = hasSeed ? seed : ReadOnlyMemory<byte>.Empty,
            KeysAreNew = keysAreNew,
            Egress = [.. config.Egress?.Select(IPAddress.Parse) ?? []],
            ProxyProtocol = config.ProxyProtocol,
            AllowPrivate = config.AllowPrivate,
            StrictHybrid = config.StrictHybrid,
            MinClientVersion = ClientVersion.TryParse(config.MinClientVersion, out var least) ? least : null,
            MaxConnections = config.MaxConnections,
            TargetConnectionsPerSecond = config.TargetConnectionsPerSecond,
            Idle = TimeSpan.FromSeconds(config.IdleTimeoutSeconds),
            Sharing = config.Sharing,
            Drain = TimeSpan.FromSeconds(config.DrainSeconds),
        };
    }
}
