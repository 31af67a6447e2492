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

    /// <summary>
    /// The same for visitors whose request came with their Finished: a server may put its greeting and its first answer
    /// into one record. Empty until it was learnt.
    /// </summary>
    public IReadOnlyList<PostHandshake> Asked { get; init; } = [];

    /// <summary>What visitors met who asked nothing after the handshake.</summary>
    public IReadOnlyList<TargetPatience> Silent { get; init; } = [];

    /// <summary>What visitors met whose request never ended.</summary>
    public IReadOnlyList<TargetPatience> Unfinished { get; init; } = [];

    /// <summary>Draws the sequence that one connection replays.</summary>
    /// <param name="entropy">Draws.</param>
    /// <param name="isAsked">Whether the client's request came with its Finished.</param>
    public PostHandshake Draw(IEntropy entropy, bool isAsked)
    {
        var seen = isAsked && Asked.Count > 0 ? Asked : Observed;
        return seen.Count == 0 ? PostHandshake.Silent : seen[entropy.Below(seen.Count)];
    }

    /// <summary>Draws what one client meets that asks nothing.</summary>
    public TargetPatience DrawSilent(IEntropy entropy) => Draw(Silent, entropy);

    /// <summary>Draws what one client meets whose request is none of the node's.</summary>
    /// <param name="entropy">Draws.</param>
    /// <param name="isAnswered">Whether the site's answer to the request was in the sequence replayed.</param>
    public TargetPatience DrawUnfinished(IEntropy entropy, bool isAnswered)
    {
        var patience = Draw(Unfinished, entropy);
        return isAnswered
            ? patience with { Writes = [.. patience.Writes.Where(w => w.After >= TargetPatience.Early)] }
            : patience;
    }

    private static TargetPatience Draw(IReadOnlyList<TargetPatience> seen, IEntropy entropy) =>
        seen.Count == 0 ? TargetPatience.Unknown : seen[entropy.Below(seen.Count)];
}
