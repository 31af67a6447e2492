using System.Security.Cryptography;
using Karez.Contracts;

namespace Karez.Server.State;

/// <summary>Inviting and revoking: a roster in, a roster out.</summary>
public static class RosterChange
{
    /// <summary>Makes a person with fresh ids.</summary>
    /// <exception cref="StateException">Nobody can be called so.</exception>
    public static Person NewPerson(string name, DateTimeOffset now)
    {
        if (!RosterCheck.IsName(name))
            throw new StateException("that is no name", "1 to 64 printable characters, no space at either end");
        return new Person(name, Guid.NewGuid(), Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)), now);
    }

    /// <summary>Adds a person.</summary>
    /// <exception cref="StateException">Someone is called so already.</exception>
    public static Roster Add(Roster roster, Person person)
    {
        ArgumentNullException.ThrowIfNull(roster);
        ArgumentNullException.ThrowIfNull(person);
        if (roster.Find(person.Name) is { } other)
            throw new StateException(
                $"{other.Name} is already invited", "choose another name, or revoke this one first");
        return roster with { People = [.. roster.People, person] };
    }

    /// <summary>Takes a person out: the short id goes with him, so that his hello becomes a stranger's.</summary>
    /// <exception cref="StateException">Nobody is called so.</exception>
    public static Roster Remove(Roster roster, string name)
    {
        ArgumentNullException.ThrowIfNull(roster);
        var person = roster.Find(name) ?? throw new StateException(
            $"nobody is called {Shown(name)}", "karez users lists everyone");
        return roster with { People = [.. roster.People.Where(p => p != person)] };
    }

    private static string Shown(string name) => new([.. name.Where(c => !char.IsControl(c)).Take(64)]);
}
