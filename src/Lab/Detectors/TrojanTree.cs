using Karez.Observe.Flows;

namespace Karez.Lab.Detectors;

/// <summary>T15: OpenGFW's tree over four bursts, from the packet with the client's ChangeCipherSpec on.</summary>
internal sealed class TrojanTree : IDetector
{
    private readonly FlowMemory<State> _states = new();

    public DetectorInfo Info { get; } = new(
        "t15-tree", "T15",
        "a decision tree over the octets of four bursts after the client's ChangeCipherSpec (OpenGFW)",
        "first exchanges that sum up as a browser's do",
        "self-declared 1 %",
        [Constants.TrojanTree]);

    public void Feed(in Sighting sighting, ICollection<Evidence> evidence)
    {
        if (!sighting.Packet.IsTcp || sighting.Packet.PayloadLength == 0 || sighting.Step.Repeated)
            return;
        var state = _states[sighting.Flow];
        state.Began |= HandshakeCounter.CarriesChange(sighting);
        if (!state.Began || state.Done)
            return;
        state.Counter.Add(sighting.Step.Direction, sighting.Packet.PayloadLength);
        if (state.Counter.Complete < 4)
            return;
        state.Done = true;
        if (Constants.TrojanTree.Value.Matches(state.Counter.Sums))
            evidence.Add(sighting.Tell(Info, $"bursts of {string.Join(' ', state.Counter.Sums.ToArray())} octets"));
    }

    public void Ended(Flow flow, int subscriber, Surroundings around, ICollection<Evidence> evidence) =>
        _states.Forget(flow);

    private sealed class State
    {
        public bool Began { get; set; }

        public bool Done { get; set; }

        public HandshakeCounter Counter { get; } = new();
    }
}
