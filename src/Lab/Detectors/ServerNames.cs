using Karez.Observe;
using Karez.Observe.Flows;

namespace Karez.Lab.Detectors;

/// <summary>T03: a blocked name in a hello; TCP segments are joined, TLS records only where told.</summary>
/// <param name="joinRecords">Whether a hello over several records is joined, as reported since December 2025.</param>
internal sealed class ServerNames(bool joinRecords = true) : IDetector
{
    public DetectorInfo Info { get; } = new(
        "t03-sni", "T03",
        "a blocked name in the hello (GFW's three injectors; 180 s for the pair of addresses and port)",
        "a name that nobody blocks",
        "only those that a suffix on the list over-blocks",
        [Constants.SniResidual, Constants.SniLatency]);

    public void Feed(in Sighting sighting, ICollection<Evidence> evidence)
    {
        if (sighting.Step.Records.Count > 0 && sighting.IsUp && NameIn(sighting.Flow) is { } name
            && sighting.Around.IsBlocked(name))
            evidence.Add(sighting.Tell(Info, $"blocked name {name} in the hello"));
    }

    private string? NameIn(Flow flow)
    {
        if (flow.Tls?.Hello is not { ServerName: { } name } hello)
            return null;
        var first = flow.Tls.Records.FirstOrDefault(record => record.Direction == Direction.ClientToServer);
        return joinRecords || first.Record.Length >= hello.Message.Length + 5 ? name : null;
    }
}
