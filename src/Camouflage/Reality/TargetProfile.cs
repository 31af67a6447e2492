using Karez.Wire;

namespace Karez.Camouflage.Reality;

/// <summary>
/// What was learnt about one target for one name and ALPN class. Immutable; refreshed by replacing it.
/// </summary>
/// <param name="Observed">
/// Every sequence seen after the handshake, repeats kept, so that drawing one at random keeps the target's frequencies.
/// </param>
/// <param name="MaxUseless">Records in a row without content that the target tolerates; 0 = no limit was found.</param>
public sealed record TargetProfile(IReadOnlyList<PostHandshake> Observed, int MaxUseless)
{
    /// <summary>Before anything is learnt: silent, and the tolerance of OpenSSL.</summary>
    public static TargetProfile Unknown { get; } = new([], 32);

    /// <summary>What visitors met who asked nothing after the handshake.</summary>
    public IReadOnlyList<TargetPatience> Silent { get; init; } = [];

    /// <summary>What visitors met whose request never ended.</summary>
    public IReadOnlyList<TargetPatience> Unfinished { get; init; } = [];

    /// <summary>Draws the sequence that one connection replays.</summary>
    public PostHandshake Draw(IEntropy entropy) =>
        Observed.Count == 0 ? PostHandshake.Silent : Observed[entropy.Below(Observed.Count)];

    /// <summary>Draws what one client meets that asks nothing.</summary>
    public TargetPatience DrawSilent(IEntropy entropy) => Draw(Silent, entropy);

    /// <summary>Draws what one client meets whose request is none of the node's.</summary>
    public TargetPatience DrawUnfinished(IEntropy entropy) => Draw(Unfinished, entropy);

    private static TargetPatience Draw(IReadOnlyList<TargetPatience> seen, IEntropy entropy) =>
        seen.Count == 0 ? TargetPatience.Unknown : seen[entropy.Below(seen.Count)];
}
