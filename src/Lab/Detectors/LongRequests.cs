using Karez.Observe;
using Karez.Observe.Flows;

namespace Karez.Lab.Detectors;

/// <summary>
/// T15: the rule reported from Russia in 2024, three client packets of 411 octets with answers between.
/// </summary>
internal sealed class LongRequests : IDetector
{
    public DetectorInfo Info { get; } = new(
        "t15-411", "T15",
        "three client packets of at least 411 octets with the server's between them, behind the handshake",
        "short client packets at the start",
        "long requests of browsers: about one flow in a hundred in a bed of plain pages",
        [Constants.Russia411, Constants.Russia411Window]);

    public void Ended(Flow flow, int subscriber, Surroundings around, ICollection<Evidence> evidence)
    {
        if (flow.Tls is not { HandshakeDone: true } tls)
            return;
        var start = tls.Records[tls.AfterHandshake - 1].Nanoseconds;
        var (hits, answered) = (0, true);
        foreach (var packet in flow.Packets.Where(p => !p.Repeated && p.Nanoseconds > start)
            .Take(Constants.Russia411Window.Value))
        {
            if (packet.Direction == Direction.ServerToClient)
            {
                answered = true;
            }
            else if (answered && packet.Length >= Constants.Russia411.Value.Octets)
            {
                hits++;
                answered = false;
            }
        }

        if (hits >= Constants.Russia411.Value.Packets)
        {
            evidence.Add(new Evidence(
                Info, flow.Key, subscriber, flow.LastSeen, $"{hits} long client packets, each answered"));
        }
    }
}
