using Karez.Config;

namespace Karez.Server.Targets;

/// <summary>What was learnt of a target, as it stands on disk.</summary>
/// <param name="Target">Which target.</param>
/// <param name="At">When the last round ended.</param>
/// <param name="Profiles">One for each name and ALPN class.</param>
/// <param name="Version">The file's version.</param>
public sealed record LearntTarget(
    string Target,
    DateTimeOffset At,
    IReadOnlyList<LearntProfile> Profiles,
    int Version = LearntTarget.CurrentVersion)
{
    /// <summary>The version that this program writes.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Adds what the shape alone cannot say.</summary>
    public static void Check(LearntTarget learnt, ICollection<Problem> problems)
    {
        ArgumentNullException.ThrowIfNull(learnt);
        ArgumentNullException.ThrowIfNull(problems);
        foreach (var profile in learnt.Profiles)
        {
            var records = profile.Observed.SelectMany(visit => visit).SelectMany(write => write);
            if (profile.Observed.Count > 256 || records.Any(length => length is < 22 or > 16_640))
                problems.Add(new("$.profiles", "a length that TLS has not", "delete the file: it is learnt anew"));
        }
    }
}
