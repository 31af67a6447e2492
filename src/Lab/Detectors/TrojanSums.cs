using Karez.Observe.Flows;

namespace Karez.Lab.Detectors;

/// <summary>T15: the two sums of Trojan-killer, from the packet with the client's ChangeCipherSpec on.</summary>
internal sealed class TrojanSums : IDetector
{
    private readonly FlowMemory<State> _states = new();

    public DetectorInfo Info { get; } = new(
        "t15-trojan-killer", "T15",
        "650-750 octets up, then 170-180 or 3000-7500 down, after the client's ChangeCipherSpec",
        "first exchanges whose sums lie elsewhere; hellos with ML-KEM do already",
        "some percent of browsers' flows, by their requests' lengths",
        [Constants.TrojanSums]);

    public void Feed(in Sighting sighting, ICollection<Evidence> evidence)
    {
        if (!sighting.Packet.IsTcp || sighting.Packet.PayloadLength == 0 || sighting.Step.Repeated)
            return;
        var state = _states[sighting.Flow];
        state.Began |= HandshakeCounter.CarriesChange(sighting);
        if (!state.Began || state.Done)
            return;
        state.Counter.Add(sighting.Step.Direction, sighting.Packet.PayloadLength);
        if (state.Counter.Complete < 2)
            return;
        state.Done = true;
        var (up, down) = (state.Counter.Sums[0], state.Counter.Sums[1]);
        var constants = Constants.TrojanSums.Value;
        if (In(up, constants.Up) && (In(down, constants.Short) || In(down, constants.Long)))
            evidence.Add(sighting.Tell(Info, $"{up} octets up, then {down} down"));
    }

    public void Ended(Flow flow, int subscriber, Surroundings around, ICollection<Evidence> evidence) =>
        _states.Forget(flow);

    private static bool In(long value, (int Least, int Most) range) => value >= range.Least && value <= range.Most;

    private sealed class State
    {
        public bool Began { get; set; }

        public bool Done { get; set; }

        public HandshakeCounter Counter { get; } = new();
    }
}
