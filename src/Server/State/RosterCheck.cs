using Karez.Config;
using Karez.Contracts;

namespace Karez.Server.State;

/// <summary>What a roster's shape alone cannot say.</summary>
public static class RosterCheck
{
    /// <summary>Adds a problem for each person who cannot be served as written.</summary>
    public static void Check(Roster roster, ICollection<Problem> problems)
    {
        ArgumentNullException.ThrowIfNull(roster);
        ArgumentNullException.ThrowIfNull(problems);
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var ids = new HashSet<Guid>();
        var shortIds = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < roster.People.Count; i++)
        {
            var person = roster.People[i];
            var path = $"$.people[{i}]";
            if (!IsName(person.Name) || !names.Add(person.Name))
                problems.Add(new($"{path}.name", "not a name, or given twice", "1 to 64 printable characters"));
            if (person.Id == Guid.Empty || !ids.Add(Masked(person.Id)))
                problems.Add(new($"{path}.id", "empty, or given twice", "revoke one of them and invite again"));
            if (!IsShortId(person.ShortId) || !shortIds.Add(person.ShortId))
                problems.Add(new($"{path}.shortId", "not 16 hexadecimal digits, or given twice", "invite again"));
            if (person.Flow is not ("" or Person.VisionFlow))
                problems.Add(new($"{path}.flow", "unknown", $"\"{Person.VisionFlow}\", or \"\" for none"));
            if (person.MaxOctetsPerSecond is < 0 or (> 0 and < LeastRate))
                problems.Add(new(
                    $"{path}.maxOctetsPerSecond", "too low to be of use", $"{LeastRate} or more, or 0 for no bound"));
        }
    }

    /// <summary>Whether a person may be called so.</summary>
    public static bool IsName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length is > 0 and <= 64 && name.Trim() == name && !name.Any(char.IsControl);
    }

    private static bool IsShortId(string text) => text.Length == 16 && text.All(char.IsAsciiHexDigitLower);

    private const long LeastRate = 1000; // our choice

    // Clients may write what they like into octets 6 and 7 of the id (XTLS/Xray-core, proxy/vless/validator.go).
    private static Guid Masked(Guid id)
    {
        Span<byte> octets = stackalloc byte[16];
        id.TryWriteBytes(octets, bigEndian: true, out _);
        octets[6] = octets[7] = 0;
        return new Guid(octets, bigEndian: true);
    }
}
