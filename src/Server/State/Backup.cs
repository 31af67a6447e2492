using Karez.Config;
using Karez.Contracts;

namespace Karez.Server.State;

/// <summary>Everything that a node must not lose, in one file.</summary>
/// <param name="Made">When it was made.</param>
/// <param name="Config">The configuration.</param>
/// <param name="Keys">The keys.</param>
/// <param name="Roster">The people.</param>
/// <param name="Version">The version of this file's shape.</param>
public sealed record Backup(
    DateTimeOffset Made, NodeConfig Config, NodeKeys Keys, Roster Roster, int Version = Backup.CurrentVersion)
{
    /// <summary>The version of this file's shape that this program writes.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The backup's file.</summary>
    public static StateFile<Backup> File { get; } =
        new("backup.json", CurrentVersion, StateJson.Default.Backup, Check);

    /// <summary>The type's name, never the keys.</summary>
    public override string ToString() => nameof(Backup);

    private static void Check(Backup backup, ICollection<Problem> problems)
    {
        if (backup.Version != CurrentVersion)
            problems.Add(Problem.OfVersion(CurrentVersion));
        backup.Config.Check(problems);
        backup.Keys.Check(problems);
        RosterCheck.Check(backup.Roster, problems);
    }
}
