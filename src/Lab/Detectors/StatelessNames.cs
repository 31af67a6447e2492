using Karez.Observe;

namespace Karez.Lab.Detectors;

/// <summary>T04: a provincial wall that looks at single packets without TCP options and joins nothing.</summary>
internal sealed class StatelessNames : IDetector
{
    public DetectorInfo Info { get; } = new(
        "t04-henan", "T04",
        "a blocked name in one packet whose TCP header has 20 octets (Henan's provincial wall)",
        "a name that nobody blocks; a hello over two segments or TCP timestamps pass it",
        "whole second-level suffixes are on its list",
        [Constants.HenanHeader, Constants.HenanPayload, Constants.HenanLatency]);

    public void Feed(in Sighting sighting, ICollection<Evidence> evidence)
    {
        if (sighting.IsUp && sighting.Packet.Segment is { } segment
            && segment.HeaderLength == Constants.HenanHeader.Value
            && HelloFields.TryParseStream(sighting.Packet.Payload.Span, out var hello)
            && sighting.Around.IsBlocked(hello!.ServerName))
            evidence.Add(sighting.Tell(Info, $"blocked name {hello.ServerName} in one packet"));
    }
}
