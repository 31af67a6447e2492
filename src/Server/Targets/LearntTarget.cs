using System.Text.Json.Nodes;
using Karez.Config;

namespace Karez.Server.Targets;

/// <summary>What was learnt of a target, as it stands on disk.</summary>
/// <param name="Target">Which target.</param>
/// <param name="At">When the last round ended.</param>
/// <param name="Profiles">One for each name and ALPN class.</param>
/// <param name="Version">The file's version.</param>
/// <param name="ChainValid">False when this system did not trust its certificate; an older file does not say.</param>
public sealed record LearntTarget(
    string Target,
    DateTimeOffset At,
    IReadOnlyList<LearntProfile> Profiles,
    int Version = LearntTarget.CurrentVersion,
    bool ChainValid = true)
{
    /// <summary>The version that this program writes.</summary>
    public const int CurrentVersion = 3;

    /// <summary>Adds what the shape alone cannot say.</summary>
    public static void Check(LearntTarget learnt, ICollection<Problem> problems)
    {
        ArgumentNullException.ThrowIfNull(learnt);
        ArgumentNullException.ThrowIfNull(problems);
        foreach (var profile in learnt.Profiles)
        {
            List<LearntPatience> waits = [.. profile.Silent, .. profile.Unfinished];
            var records = profile.Observed.Concat(profile.Asked)
                .SelectMany(visit => visit).SelectMany(write => write)
                .Concat(waits.SelectMany(w => w.Writes).SelectMany(w => w.Records));
            var most = Math.Max(profile.Observed.Count, profile.Asked.Count);
            if (most > 256 || records.Any(length => length is < 22 or > 16_640))
                problems.Add(new("$.profiles", "a length that TLS has not", "delete the file: it is learnt anew"));
            if (waits.Count > 256 || !waits.TrueForAll(IsInOrder))
                problems.Add(new("$.profiles", "a wait that cannot be", "delete the file: it is learnt anew"));
        }
    }

    /// <summary>Version 1 knew nothing of how long a target waits: it is learnt at the next start.</summary>
    public static void FromOne(JsonObject root) => AddToProfiles(root, "silent", "unfinished");

    /// <summary>Version 2 knew nothing of requests that come with the Finished.</summary>
    public static void FromTwo(JsonObject root) => AddToProfiles(root, "asked");

    private static void AddToProfiles(JsonObject root, params ReadOnlySpan<string> members)
    {
        ArgumentNullException.ThrowIfNull(root);
        foreach (var profile in root["profiles"] as JsonArray ?? [])
        {
            if (profile is not JsonObject known)
                continue;
            foreach (var member in members)
                known[member] = new JsonArray();
        }
    }

    private static bool IsInOrder(LearntPatience wait)
    {
        var moments = wait.Writes.Select(w => w.AfterMilliseconds).ToList();
        return moments.Count <= LearntPatience.MaxWrites
            && wait.UntilMilliseconds >= 0
            && moments.TrueForAll(m => m >= 0)
            && moments.SequenceEqual(moments.Order());
    }
}
