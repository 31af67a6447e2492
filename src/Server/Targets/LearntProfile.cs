using Karez.Camouflage.Reality;

namespace Karez.Server.Targets;

/// <summary>What was learnt of a target for one name and ALPN class, as it stands on disk.</summary>
/// <param name="Name">The server name.</param>
/// <param name="Alpn">The ALPN class.</param>
/// <param name="Observed">Every sequence seen: visits, their writes, the writes' total record lengths.</param>
/// <param name="MaxUseless">Records without content that it bears in a row; 0 when no limit was found.</param>
public sealed record LearntProfile(
    string Name,
    AlpnClass Alpn,
    IReadOnlyList<IReadOnlyList<IReadOnlyList<int>>> Observed,
    int MaxUseless);
