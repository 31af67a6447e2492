using System.Net;
using Karez.Camouflage.Reality;
using Karez.Net.Loops;
using Karez.Net.Relay;
using Karez.Wire;

namespace Karez.Net.Tunnel;

/// <summary>What a node's door needs to know; the changing parts are asked for anew at each connection.</summary>
public sealed record DoorPlan
{
    /// <summary>Where the target is, now: an address that was resolved off the loops, or a Unix socket.</summary>
    public required Func<EndPoint> Target { get; init; }

    /// <summary>Whose hellos are ours, now.</summary>
    public required Func<RealityRules> Rules { get; init; }

    /// <summary>What was learnt about the target, by server name and ALPN class.</summary>
    public required Func<string, AlpnClass, TargetProfile> Profile { get; init; }

    /// <summary>Hellos that were let in.</summary>
    public required SharedHelloMemory Memory { get; init; }

    /// <summary>
    /// Keeps a hello (its key, its stamp, the time) so that a restart does not forget it; false if that cannot be done,
    /// and then it is a stranger's. Null keeps none.
    /// </summary>
    public Func<UInt128, long, long, ValueTask<bool>>? Keep { get; init; }

    /// <summary>The signing keys of this process.</summary>
    public required RealityIdentity Identity { get; init; }

    /// <summary>How fast connections to the target may be made.</summary>
    public required TokenBucket TargetPace { get; init; }

    /// <summary>Where the arithmetic of an answer is done while the target's is awaited.</summary>
    public required WorkerPool Workers { get; init; }

    /// <summary>Random octets.</summary>
    public required IEntropy Entropy { get; init; }

    /// <summary>The wall clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>How strangers' octets are handled; tests put faults in here.</summary>
    internal StrangerCare StrangerCare { get; init; } = StrangerCare.Faithful;

    /// <summary>Whether connections to the target begin with a PROXY protocol header.</summary>
    public bool AnnouncesCallers { get; init; }

    /// <summary>How long the target may take to accept a connection (our choice).</summary>
    public TimeSpan TargetConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long an admitted client may take for its Finished, and the target for its flight (our choice).
    /// </summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(60);
}
