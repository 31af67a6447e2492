using Karez.Observe;
using Karez.Observe.Datagrams;
using Karez.Observe.Packets;

namespace Karez.Lab.Detectors;

/// <summary>T31: a foreign messenger outside the tunnel: its names, its addresses, the octets it begins with.</summary>
internal sealed class Messengers : IDetector
{
    private static readonly HashSet<string> s_names =
        new(Constants.MessengerNames.Value, StringComparer.OrdinalIgnoreCase);

    private static readonly HashSet<NetAddress> s_addresses =
        [.. Constants.MessengerAddresses.Value.Select(NetAddress.Parse)];

    public DetectorInfo Info { get; } = new(
        "t31-messenger", "T31",
        "a foreign messenger's name, address or first octets outside the tunnel",
        "a kill switch that holds from the device's start on; whole-device tunnelling",
        "none: it is what it says",
        [Constants.MessengerNames, Constants.MessengerAddresses, Constants.MessengerBytes]);

    public void Feed(in Sighting sighting, ICollection<Evidence> evidence)
    {
        var packet = sighting.Packet;
        if (sighting.Step.IsFirst && s_addresses.Contains(sighting.Flow.Key.Server))
            evidence.Add(sighting.Tell(Info, $"a messenger's address {sighting.Flow.Key.Server}"));
        else if (Name(sighting) is { } name && Surroundings.Matches(s_names, name))
            evidence.Add(sighting.Tell(Info, $"a messenger's name {name}"));
        else if (packet.IsTcp && sighting.IsUp && sighting.Flow.Up.DataPackets == 1
            && Constants.MessengerBytes.Value.Any(start => packet.Payload.Span.StartsWith(start)))
            evidence.Add(sighting.Tell(Info, "a messenger's first octets"));
    }

    private static string? Name(in Sighting sighting)
    {
        if (sighting.Packet.IsUdp && sighting.Packet.DestinationPort == 53)
            return DnsMessage.Read(sighting.Packet.Payload.Span)?.Question;
        if (sighting.Step.Records.Count > 0 && sighting.Step.Direction == Direction.ClientToServer)
            return sighting.Flow.Tls?.Hello?.ServerName;
        return sighting.Step.IsFirst ? sighting.Flow.Quic?.Hello?.ServerName : null;
    }
}
