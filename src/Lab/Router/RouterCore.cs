namespace Karez.Lab.Router;

/// <summary>
/// The router as a machine: frames and time in, frames out when they are due. Everything between the machines of a
/// world is here: links, taps, censors, address translation, lines. Not for use by several threads, but for
/// <see cref="SetLine"/>.
/// </summary>
public sealed partial class RouterCore
{
    private const int MaxParcels = 1 << 15; // Our limit: 64 MiB on their way at once.

    private static readonly TimeSpan s_near = TimeSpan.FromMicroseconds(250); // Our choice: within a region.

    private readonly Dictionary<int, Attachment> _byInterface = [];
    private readonly Dictionary<uint, Attachment> _byAddress = [];
    private readonly Dictionary<int, Attachment> _subscribers = [];
    private readonly PriorityQueue<Parcel, (long Due, long Order)> _agenda = new();
    private readonly Stack<Parcel> _free = [];
    private readonly List<ITap>[] _taps = [[], [], []];
    private readonly List<Injector>[] _censors = [[], [], []];
    private readonly Dictionary<FlowKey, TimeSpan>[] _frozen = [[], [], []];
    private readonly int[] _lines;
    private readonly CarrierNat _nat;
    private readonly int _seed;
    private int _parcels;
    private long _order;
    private TimeSpan _seen;

    /// <param name="nat">The carrier's translation, with its blocks.</param>
    /// <param name="subscribers">How many subscribers there are.</param>
    /// <param name="seed">The run's seed.</param>
    public RouterCore(CarrierNat nat, int subscribers, int seed)
    {
        _nat = nat;
        _seed = seed;
        _lines = new int[subscribers];
    }

    /// <summary>What happened to packets.</summary>
    public RouterCounts Counts { get; } = new();

    /// <summary>When the next packet is due; null when none is on its way.</summary>
    public TimeSpan? NextDue => _agenda.TryPeek(out _, out var due) ? new TimeSpan(due.Due) : null;

    /// <summary>Joins a machine to the router.</summary>
    public void Add(Attachment machine)
    {
        ArgumentNullException.ThrowIfNull(machine);
        _byInterface.Add(machine.Interface, machine);
        if (machine.Subscriber != Passing.Nobody)
            _subscribers.Add(machine.Subscriber, machine);
        else
            foreach (var address in machine.Addresses)
                _byAddress.Add(address, machine);
    }

    /// <summary>Adds a tap.</summary>
    public void Add(ITap tap) => _taps[(int)tap.Place].Add(tap);

    /// <summary>Adds a censor behind those that are at its place, as outward packets meet them.</summary>
    public void Add(ICensor censor) => _censors[(int)censor.Place].Add(
        new Injector(this, censor, new Random(Seeds.Of(_seed, "censor " + censor.Name))));

    /// <summary>Opens or cuts a subscriber's line; from any thread.</summary>
    public void SetLine(int subscriber, LineState state) => Volatile.Write(ref _lines[subscriber], (int)state);

    /// <summary>Takes a packet that came in on an interface.</summary>
    /// <param name="interfaceIndex">The interface.</param>
    /// <param name="packet">The IP packet; padding after it is cut off.</param>
    /// <param name="now">When it came.</param>
    public void Offer(int interfaceIndex, ReadOnlySpan<byte> packet, TimeSpan now)
    {
        if (!_byInterface.TryGetValue(interfaceIndex, out var from) || !Ipv4Packet.TryRead(packet, out var read)
            || !from.Addresses.Contains(read.Source))
        {
            Counts.Refused++;
            return;
        }

        if (from.Region is not null && _byAddress.TryGetValue(read.Destination, out var near)
            && near.Region == from.Region)
        {
            if (Rent() is not { } local)
                return;
            local.Fill(packet[..read.Length]);
            Address(local, near, Passing.Nobody, Heading.Inward, false);
            local.Step = Leave;
            Schedule(local, now + s_near);
            return;
        }

        if (!from.From.TryPass(now, read.Length, out var due))
        {
            Counts.LostByModel++;
            return;
        }

        if (Rent() is not { } parcel)
            return;
        parcel.Fill(packet[..read.Length]);
        parcel.IsCensors = from.IsCensors
            || (_byAddress.TryGetValue(read.Destination, out var other) && other.IsCensors);
        if (from.Subscriber != Passing.Nobody)
        {
            _byAddress.TryGetValue(read.Destination, out var to);
            Address(parcel, to, from.Subscriber, Heading.Outward, to?.Foreign ?? true);
        }
        else if (_nat.IsOuter(read.Destination))
        {
            var subscriber = _nat.SubscriberOf(read);
            _subscribers.TryGetValue(subscriber, out var to);
            Address(parcel, to, subscriber, Heading.Inward, from.Foreign);
        }
        else
        {
            _byAddress.TryGetValue(read.Destination, out var to);
            var heading = from.Foreign ? Heading.Inward : Heading.Outward;
            Address(parcel, to, Passing.Nobody, heading, from.Foreign != (to?.Foreign ?? true));
        }

        Schedule(parcel, due);
    }

    /// <summary>Lets happen what is due.</summary>
    /// <param name="now">The time.</param>
    /// <param name="output">Takes what leaves.</param>
    public void RunDue(TimeSpan now, IRouterOutput output)
    {
        ArgumentNullException.ThrowIfNull(output);
        while (_agenda.TryPeek(out var parcel, out var due) && due.Due <= now.Ticks)
        {
            _agenda.Dequeue();
            if (parcel.Step == Leave)
            {
                // Only what has a destination was given this step.
                output.Send(parcel.To!, parcel.Packet, parcel.Due);
                Counts.Forwarded++;
                Return(parcel);
            }
            else
            {
                Walk(parcel);
            }
        }
    }

    private static void Address(Parcel parcel, Attachment? to, int subscriber, Heading heading, bool crosses)
    {
        parcel.To = to;
        parcel.Subscriber = subscriber;
        parcel.Heading = heading;
        parcel.Crosses = crosses;
    }

    private void Schedule(Parcel parcel, TimeSpan due)
    {
        parcel.Due = due;
        _agenda.Enqueue(parcel, (due.Ticks, _order++));
    }

    private Parcel? Rent()
    {
        if (_free.TryPop(out var parcel))
            return parcel;
        if (_parcels < MaxParcels)
        {
            _parcels++;
            return new Parcel();
        }

        Counts.NoRoom++;
        return null;
    }

    private void Return(Parcel parcel)
    {
        parcel.To = null;
        _free.Push(parcel);
    }
}
