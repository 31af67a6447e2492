using Karez.Camouflage.Reality;

namespace Karez.Server.Targets;

/// <summary>What was learnt of a target for one name and ALPN class, as it stands on disk.</summary>
/// <param name="Name">The server name.</param>
/// <param name="Alpn">The ALPN class.</param>
/// <param name="Observed">Every sequence seen: visits, their writes, the writes' total record lengths.</param>
/// <param name="Asked">The same of visits whose request came with their Finished.</param>
/// <param name="MaxUseless">Records without content that it bears in a row; 0 when no limit was found.</param>
/// <param name="Silent">What visitors met who asked nothing.</param>
/// <param name="Unfinished">What visitors met whose request never ended.</param>
public sealed record LearntProfile(
    string Name,
    AlpnClass Alpn,
    IReadOnlyList<IReadOnlyList<IReadOnlyList<int>>> Observed,
    IReadOnlyList<IReadOnlyList<IReadOnlyList<int>>> Asked,
    int MaxUseless,
    IReadOnlyList<LearntPatience> Silent,
    IReadOnlyList<LearntPatience> Unfinished)
{
    /// <summary>The written form.</summary>
    public static LearntProfile Of(string name, AlpnClass alpn, TargetProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return new LearntProfile(
            name,
            alpn,
            [.. profile.Observed.Select(o => o.Writes)],
            [.. profile.Asked.Select(o => o.Writes)],
            profile.MaxUseless,
            [.. profile.Silent.Select(LearntPatience.Of)],
            [.. profile.Unfinished.Select(LearntPatience.Of)]);
    }

    /// <summary>What it says.</summary>
    public TargetProfile Read() => new([.. Observed.Select(o => new PostHandshake(o))], MaxUseless)
    {
        Asked = [.. Asked.Select(o => new PostHandshake(o))],
        Silent = [.. Silent.Select(p => p.Read())],
        Unfinished = [.. Unfinished.Select(p => p.Read())],
    };
}
