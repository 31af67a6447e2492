namespace Karez.Contracts;

/// <summary>Everyone a node serves: an immutable snapshot, swapped whole.</summary>
/// <param name="People">The people, in the order of their invitation.</param>
/// <param name="Version">The version of this file's shape.</param>
public sealed record Roster(
    IReadOnlyList<Person> People,
    int Version = Roster.CurrentVersion)
{
    /// <summary>The version of this file's shape that this program writes.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Finds a person by name without regard to case.</summary>
    public Person? Find(string name) =>
        People.FirstOrDefault(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
