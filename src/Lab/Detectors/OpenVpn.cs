using Karez.Observe;
using Karez.Observe.Flows;

namespace Karez.Lab.Detectors;

/// <summary>
/// T12: OpenVPN by the opcodes of its first packets, whatever hides them with a constant, and by its ACKs.
/// </summary>
internal sealed class OpenVpn : IDetector
{
    private readonly FlowMemory<State> _states = new();

    public DetectorInfo Info { get; } = new(
        "t12-openvpn", "T12",
        "few different opcodes, those of the first two packets never again (OpenVPN over UDP and TCP)",
        "none that is known: another protocol",
        "negligible by the authors in an operator's network; an opcode is five bits",
        [Constants.OpenVpnOpcodes, Constants.OpenVpnEnough, Constants.OpenVpnAcks]);

    public void Feed(in Sighting sighting, ICollection<Evidence> evidence)
    {
        var payload = sighting.Packet.Payload.Span;
        var at = sighting.Packet.IsTcp ? 2 : 0;
        if (payload.Length <= at || sighting.Step.Repeated)
            return;
        var state = _states[sighting.Flow];
        if (state.Done)
            return;
        state.Add(sighting.Step.Direction, payload[at] >> 3, sighting.Packet.PayloadLength);
        if (state.Count == Constants.OpenVpnOpcodes.Value.Packets)
            Judge(state, sighting.Flow, sighting.Subscriber, evidence);
    }

    public void Ended(Flow flow, int subscriber, Surroundings around, ICollection<Evidence> evidence)
    {
        var state = _states[flow];
        if (!state.Done && state.Count >= Constants.OpenVpnEnough.Value)
            Judge(state, flow, subscriber, evidence);
        _states.Forget(flow);
    }

    private void Judge(State state, Flow flow, int subscriber, ICollection<Evidence> evidence)
    {
        state.Done = true;
        if (!state.ByOpcodes)
            return;
        var acks = state.ByAcks ? ", and acknowledgments where they would be" : "";
        evidence.Add(new Evidence(
            Info, flow.Key, subscriber, flow.LastSeen,
            $"{state.Different} opcodes in {state.Count} packets, resets only at the start{acks}"));
    }

    private sealed class State
    {
        private readonly HashSet<int> _opcodes = [];
        private readonly List<int> _sizes = [];
        private int _clientReset = -1, _serverReset = -1, _ackSize;
        private bool _resetAgain;

        public int Count { get; private set; }

        public bool Done { get; set; }

        public int Different => _opcodes.Count;

        public bool ByOpcodes => !_resetAgain && _serverReset >= 0 && _serverReset != _clientReset
            && Different >= Constants.OpenVpnOpcodes.Value.Least && Different <= Constants.OpenVpnOpcodes.Value.Most;

        public bool ByAcks
        {
            get
            {
                var bins = _sizes.Chunk(10).Select(bin => bin.Count(size => size == _ackSize)).ToList();
                var (first, second, third, later) = Constants.OpenVpnAcks.Value;
                return bins.Count >= 2 && In(bins[0], first) && In(bins[1], second)
                    && bins.Skip(2).Take(3).All(n => n <= third) && bins.Skip(5).All(n => n <= later);
            }
        }

        public void Add(Direction direction, int opcode, int size)
        {
            Count++;
            _sizes.Add(size);
            var fresh = _opcodes.Add(opcode);
            if (_clientReset < 0)
            {
                _clientReset = opcode;
                return;
            }

            if (_serverReset < 0)
            {
                if (direction == Direction.ServerToClient)
                    _serverReset = opcode;
                return;
            }

            _resetAgain |= !fresh && (opcode == _clientReset || opcode == _serverReset);
            if (_ackSize == 0 && direction == Direction.ClientToServer)
                _ackSize = size;
        }

        private static bool In(int value, (int Least, int Most) range) => value >= range.Least && value <= range.Most;
    }
}
