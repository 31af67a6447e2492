using Karez.Camouflage.Reality;
using Karez.Contracts;
using Karez.Net.Relay;
using Karez.Proxy.Vless;

namespace Karez.Server.People;

/// <summary>A person as the data plane sees one: a short id and a UUID that belong together, and counters.</summary>
public sealed class Member
{
    private long _up;
    private long _down;
    private int _flows;

    /// <summary>Takes a person from the roster.</summary>
    public Member(Person person)
    {
        ArgumentNullException.ThrowIfNull(person);
        Person = person;
        UpRate = new RateLimit(person.MaxOctetsPerSecond);
        DownRate = new RateLimit(person.MaxOctetsPerSecond);
        CountUp = octets => Interlocked.Add(ref _up, octets);
        CountDown = octets => Interlocked.Add(ref _down, octets);
        ShortId = ShortId.TryParse(person.ShortId, out var id)
            ? id
            : throw new ArgumentException($"{person.Name} has no short id of up to 16 hex digits.", nameof(person));
        Flow = person.Flow == Person.VisionFlow ? VlessFlow.Vision : VlessFlow.None;
    }

    /// <summary>Who it is.</summary>
    public Person Person { get; private set; }

    /// <summary>The short id.</summary>
    public ShortId ShortId { get; }

    /// <summary>The flow this account has.</summary>
    public VlessFlow Flow { get; }

    /// <summary>Bounds what comes from this person.</summary>
    public RateLimit UpRate { get; }

    /// <summary>Bounds what goes to this person.</summary>
    public RateLimit DownRate { get; }

    /// <summary>Counts octets from this person; one object for all flows.</summary>
    internal Action<long> CountUp { get; }

    /// <summary>Counts octets to this person.</summary>
    internal Action<long> CountDown { get; }

    /// <summary>Octets from this person since the start.</summary>
    public long Up => Volatile.Read(ref _up);

    /// <summary>Octets to this person since the start.</summary>
    public long Down => Volatile.Read(ref _down);

    /// <summary>Flows open now.</summary>
    public int Flows => Volatile.Read(ref _flows);

    /// <summary>True when the UUID of a request is this person's; octets 6 and 7 are the client's to use.</summary>
    public bool Owns(Guid id) => VlessUser.WithoutRoute(id) == VlessUser.WithoutRoute(Person.Id);

    internal void Count(long up, long down)
    {
        Interlocked.Add(ref _up, up);
        Interlocked.Add(ref _down, down);
    }

    /// <summary>Takes what may change while flows run: the name, and the bound.</summary>
    internal void Update(Person person)
    {
        Person = person;
        UpRate.Change(person.MaxOctetsPerSecond);
        DownRate.Change(person.MaxOctetsPerSecond);
    }

    internal void FlowBegan() => Interlocked.Increment(ref _flows);

    internal void FlowEnded() => Interlocked.Decrement(ref _flows);
}
