using System.Collections.Frozen;
using Karez.Camouflage.Reality;
using Karez.Contracts;

namespace Karez.Server.People;

/// <summary>Everybody who may come in: an immutable snapshot of the roster, swapped whole.</summary>
public sealed class Membership
{
    private readonly FrozenDictionary<ShortId, Member> _byShortId;

    private Membership(IEnumerable<Member> members)
    {
        _byShortId = members.ToFrozenDictionary(m => m.ShortId);
        ShortIds = _byShortId.Keys.ToFrozenSet();
    }

    /// <summary>The short ids, as the gate asks for them.</summary>
    public FrozenSet<ShortId> ShortIds { get; }

    /// <summary>Everybody.</summary>
    public IEnumerable<Member> Members => _byShortId.Values;

    /// <summary>Compiles a roster; who was there before with the same ids keeps his counters.</summary>
    public static Membership Compile(Roster roster, Membership? before)
    {
        ArgumentNullException.ThrowIfNull(roster);
        return new Membership(roster.People.Select(person => Keep(person, before)));
    }

    private static Member Keep(Person person, Membership? before)
    {
        if (!ShortId.TryParse(person.ShortId, out var id)
            || before?.Find(id) is not { } member
            || member.Person.Id != person.Id
            || member.Person.Flow != person.Flow)
            return new Member(person);
        member.Update(person);
        return member;
    }

    /// <summary>Finds whom a short id belongs to.</summary>
    public Member? Find(ShortId id) => _byShortId.GetValueOrDefault(id);
}
