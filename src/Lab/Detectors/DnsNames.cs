using Karez.Observe.Datagrams;

namespace Karez.Lab.Detectors;

/// <summary>T01: names asked for in clear outside a tunnel: listed ones, and resolvers reached by other ways.</summary>
internal sealed class DnsNames : IDetector
{
    public DetectorInfo Info { get; } = new(
        "t01-dns", "T01",
        "a DNS question in clear for a blocked name, DNS over TLS, or a hello to a known DoH resolver",
        "resolve through the tunnel only, and stop plain questions at the device",
        "whoever asks for a blocked name for any reason; phones set to a private resolver",
        [Constants.DohNames]);

    public void Feed(in Sighting sighting, ICollection<Evidence> evidence)
    {
        var (packet, flow) = (sighting.Packet, sighting.Flow);
        if (packet.IsUdp && packet.DestinationPort == 53
            && DnsMessage.Read(packet.Payload.Span) is { IsAnswer: false } question)
        {
            if (sighting.Around.IsBlocked(question.Question))
                evidence.Add(sighting.Tell(Info, $"asked in clear for {question.Question}"));
        }
        else if (sighting.Step.IsFirst && packet.DestinationPort == 853)
        {
            evidence.Add(sighting.Tell(Info, "DNS over TLS outside the tunnel (port 853)"));
        }
        else if (sighting.Step.Records.Count > 0 && flow.Tls?.Hello?.ServerName is { } name
            && Constants.DohNames.Value.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            evidence.Add(sighting.Tell(Info, $"DNS over HTTPS outside the tunnel ({name})"));
        }
    }
}
