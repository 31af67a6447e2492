namespace Karez.Lab.Router;

/// <content>The way of a packet from one link to the other, through the places.</content>
public sealed partial class RouterCore
{
    private const int Translate = 3; // The first three steps are places.
    private const int Link = 4;
    private const int Leave = 5;

    // Steps of subscribers' packets, outward and inward, and of others, which only pass the border.
    private static readonly int[] s_outward =
        [(int)Place.Carrier, Translate, (int)Place.Provincial, (int)Place.National, Link];

    private static readonly int[] s_inward =
        [(int)Place.National, (int)Place.Provincial, Translate, (int)Place.Carrier, Link];

    private static readonly int[] s_border = [(int)Place.National, Link];

    private static int[] WayOf(Parcel parcel) =>
        parcel.Subscriber == Passing.Nobody ? s_border : parcel.Heading == Heading.Outward ? s_outward : s_inward;

    /// <summary>Leads a packet on until it leaves, waits, or is gone.</summary>
    private void Walk(Parcel parcel)
    {
        var way = WayOf(parcel);
        for (var at = parcel.Step; at < way.Length; at++)
        {
            parcel.Step = at;
            var goesOn = way[at] switch
            {
                Translate => TryTranslate(parcel),
                Link => TryLink(parcel),
                var place => TryPlace(parcel, (Place)place),
            };
            if (!goesOn)
                return;
        }
    }

    private bool TryTranslate(Parcel parcel)
    {
        if (parcel.Heading == Heading.Outward
            ? _nat.TryOutward(parcel.Packet)
            : _nat.TryInward(parcel.Packet, out _))
            return true;
        Counts.Untranslated++;
        Return(parcel);
        return false;
    }

    /// <summary>The last link; always ends the walk.</summary>
    private bool TryLink(Parcel parcel)
    {
        if (parcel.To is not { } to)
        {
            Counts.Unroutable++;
            Return(parcel);
        }
        else if (to.To.TryPass(parcel.Due, parcel.Length, out var due))
        {
            parcel.Step = Leave;
            Schedule(parcel, due);
        }
        else
        {
            Counts.LostByModel++;
            Return(parcel);
        }

        return false;
    }

    private bool TryPlace(Parcel parcel, Place place)
    {
        if (place == Place.National && !parcel.Crosses)
            return true;
        if (_seen > parcel.Due)
            parcel.Due = _seen; // The thread came late to it; what taps see stays in order.
        _seen = parcel.Due;
        var passing = new Passing
        {
            Place = place,
            Heading = parcel.Heading,
            Subscriber = parcel.Subscriber,
            Time = parcel.Due,
            Packet = parcel.Packet,
        };
        if (parcel.Passed == 0)
        {
            foreach (var tap in _taps[(int)place])
                tap.See(passing);
        }

        if (!parcel.Forged && (IsLineClosed(parcel, place) || !AskCensors(parcel, passing)))
            return false;
        (parcel.Forged, parcel.Passed) = (false, 0);
        return true;
    }

    private bool IsLineClosed(Parcel parcel, Place place)
    {
        if (place != Place.Carrier || parcel.Subscriber == Passing.Nobody)
            return false;
        var state = (LineState)Volatile.Read(ref _lines[parcel.Subscriber]);
        if (state == LineState.Open || (state == LineState.Domestic && !parcel.Crosses))
            return false;
        Counts.Censored++;
        Return(parcel);
        return true;
    }

    private bool AskCensors(Parcel parcel, in Passing passing)
    {
        var censors = _censors[(int)passing.Place];
        if (censors.Count == 0 || parcel.IsCensors)
            return true;
        _ = Ipv4Packet.TryRead(passing.Packet, out var read);
        var flow = new FlowKey(read);
        var frozen = _frozen[(int)passing.Place];
        if (frozen.Count > 0 && frozen.TryGetValue(flow, out var until))
        {
            if (passing.Time < until)
                return Gone(parcel);
            frozen.Remove(flow);
        }

        for (var i = parcel.Passed; i < censors.Count; i++)
        {
            // Inward packets meet them in the other order.
            var censor = censors[passing.Heading == Heading.Outward ? i : censors.Count - 1 - i];
            censor.Look(parcel, passing);
            var verdict = censor.Censor.Judge(passing, censor);
            switch (verdict.Kind)
            {
                case VerdictKind.Pass:
                    break;
                case VerdictKind.Delay:
                    parcel.Passed = i + 1;
                    Schedule(parcel, parcel.Due + verdict.Span);
                    return false;
                case VerdictKind.Freeze:
                    if (frozen.Count < MaxParcels) // Our limit; above it the packet alone is lost.
                        frozen[flow] = passing.Time + verdict.Span;
                    return Gone(parcel);
                default:
                    return Gone(parcel);
            }
        }

        return true;
    }

    private bool Gone(Parcel parcel)
    {
        Counts.Censored++;
        Return(parcel);
        return false;
    }

    /// <summary>What a censor injects with: knows the packet that is being judged.</summary>
    private sealed class Injector(RouterCore core, ICensor censor, Random random) : IInjector
    {
        private Parcel? _judged;
        private TimeSpan _now;

        public ICensor Censor => censor;

        public Random Random => random;

        public void Look(Parcel judged, in Passing passing) => (_judged, _now) = (judged, passing.Time);

        public void Inject(ReadOnlySpan<byte> packet, Heading heading, TimeSpan delay)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(delay.Ticks);
            if (_judged is not { } judged || !Ipv4Packet.TryRead(packet, out var read)
                || packet.Length > Sys.PacketBatch.MaxFrame - RouterThread.EthernetHeader
                || core.Rent() is not { } parcel)
                return;
            parcel.Fill(packet[..read.Length]);
            Attachment? to;
            if (heading == Heading.Inward && judged.Subscriber != Passing.Nobody)
                core._subscribers.TryGetValue(judged.Subscriber, out to);
            else
                core._byAddress.TryGetValue(read.Destination, out to);
            Address(parcel, to, judged.Subscriber, heading, judged.Crosses);
            parcel.Step = Array.IndexOf(WayOf(parcel), (int)censor.Place);
            parcel.Forged = true;
            core.Counts.Injected++;
            core.Schedule(parcel, _now + delay);
        }
    }
}
