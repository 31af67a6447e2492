using System.Globalization;
using Karez.Observe.Flows;

namespace Karez.Lab.Detectors;

/// <summary>
/// T15: four bursts behind the outer handshake that look like a TLS handshake, by the Mahalanobis distance to three
/// models. A new set of bursts begins with every burst of the client, as long as packets are looked at.
/// </summary>
internal sealed class NestedHandshake : IDetector
{
    private readonly FlowMemory<State> _states = new();

    public DetectorInfo Info { get; } = new(
        "t15-ndpi", "T15",
        "a TLS handshake within TLS: octets of four bursts near one of nDPI's three models",
        "pad and split the first records so that their sums are a browser's, not a handshake's",
        "nDPI: some are expected, off by default; the paper gives the order of 0.05 % of flows (from memory)",
        [Constants.NdpiModels, Constants.NdpiLimits]);

    public void Feed(in Sighting sighting, ICollection<Evidence> evidence)
    {
        if (!sighting.Packet.IsTcp || sighting.Packet.PayloadLength == 0 || sighting.Step.Repeated)
            return;
        var state = _states[sighting.Flow];
        if (!state.Began)
        {
            state.Began = HandshakeCounter.CarriesChange(sighting);
            return;
        }

        var overhead = Constants.NdpiLimits.Value.Overhead;
        if (state.Done || ++state.Packets > Constants.NdpiLimits.Value.Packets
            || sighting.Packet.PayloadLength < overhead)
        {
            state.Done = true;
            return;
        }

        // Two sets at a time: a burst of the client ends the older one and begins another.
        if (state.Sets.Count == 0 || (sighting.IsUp && !state.LastUp))
            state.Sets.Add(new HandshakeCounter());
        state.LastUp = sighting.IsUp;
        foreach (var set in state.Sets)
            set.Add(sighting.Step.Direction, sighting.Packet.PayloadLength - overhead);
        if (state.Sets[0].BeganWrongly)
        {
            state.Done = true;
            return;
        }

        if (state.Sets[0].Complete < 4)
            return;
        var whole = state.Sets[0];
        state.Sets.RemoveAt(0);
        if (whole.Packets(0) > Constants.NdpiLimits.Value.First)
            return;
        foreach (var model in Constants.NdpiModels.Value)
        {
            if (!model.Matches(whole.Sums))
                continue;
            state.Done = true;
            var distance = model.Distance(whole.Sums).ToString("F2", CultureInfo.InvariantCulture);
            evidence.Add(sighting.Tell(
                Info, $"bursts {string.Join(' ', whole.Sums.ToArray())} at distance {distance} from {model.Name}"));
            return;
        }
    }

    public void Ended(Flow flow, int subscriber, Surroundings around, ICollection<Evidence> evidence) =>
        _states.Forget(flow);

    private sealed class State
    {
        public bool Began { get; set; }

        public bool Done { get; set; }

        public bool LastUp { get; set; } = true;

        public int Packets { get; set; }

        public List<HandshakeCounter> Sets { get; } = [];
    }
}
