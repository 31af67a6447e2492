using System.Buffers.Binary;
using Karez.Observe.Flows;

namespace Karez.Lab.Detectors;

/// <summary>T13: WireGuard's handshake, whose answer names the sender that the initiation named.</summary>
internal sealed class WireGuard : IDetector
{
    private readonly FlowMemory<State> _states = new();

    public DetectorInfo Info { get; } = new(
        "t13-wireguard", "T13",
        "a WireGuard initiation of 148 octets and a response of 92 that answers it",
        "none that is known: another protocol",
        "none that is known",
        [Constants.WireGuard]);

    public void Feed(in Sighting sighting, ICollection<Evidence> evidence)
    {
        if (!sighting.Packet.IsUdp || sighting.Packet.Payload.Length < 12)
            return;
        var payload = sighting.Packet.Payload.Span;
        var type = BinaryPrimitives.ReadUInt32LittleEndian(payload);
        if (type == 1 && sighting.Packet.PayloadLength == Constants.WireGuard.Value.Initiation)
        {
            _states[sighting.Flow].Sender = BinaryPrimitives.ReadUInt32LittleEndian(payload[4..]);
        }
        else if (type == 2 && sighting.Packet.PayloadLength == Constants.WireGuard.Value.Response
            && _states[sighting.Flow].Sender == BinaryPrimitives.ReadUInt32LittleEndian(payload[8..]))
        {
            evidence.Add(sighting.Tell(Info, "a WireGuard handshake"));
        }
    }

    public void Ended(Flow flow, int subscriber, Surroundings around, ICollection<Evidence> evidence) =>
        _states.Forget(flow);

    private sealed class State
    {
        public uint? Sender { get; set; }
    }
}
