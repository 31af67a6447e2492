using System.Collections.Frozen;
using Karez.Wire;

namespace Karez.Camouflage.Reality;

/// <summary>Whose hellos a node accepts: an immutable snapshot, swapped whole when people change.</summary>
public sealed record RealityRules
{
    /// <summary>The node's X25519 private key.</summary>
    public required Secret PrivateKey { get; init; }

    /// <summary>The borrowed site's names, compared octet by octet; "" stands for a hello without a name.</summary>
    public required FrozenSet<string> ServerNames { get; init; }

    /// <summary>The short ids of people who may come in.</summary>
    public required FrozenSet<ShortId> ShortIds { get; init; }

    /// <summary>Lowest stated client version; null accepts every generation.</summary>
    public ClientVersion? MinClientVersion { get; init; }

    /// <summary>Highest stated client version; null sets no limit.</summary>
    public ClientVersion? MaxClientVersion { get; init; }

    /// <summary>
    /// Accept only hellos with exactly one X25519MLKEM768 share that stands before any X25519 share, as servers of
    /// 2026-09 do (XTLS/REALITY tls.go at 8cdf7bf9). Off: clients of every generation connect.
    /// </summary>
    public bool StrictHybrid { get; init; }
}
