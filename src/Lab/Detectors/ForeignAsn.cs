namespace Karez.Lab.Detectors;

/// <summary>T21: the address lies in an AS in which the name is not.</summary>
internal sealed class ForeignAsn : IDetector
{
    public DetectorInfo Info { get; } = new(
        "t21-asn", "T21",
        "a name whose own addresses are in other ASes than the address used",
        "a name of one's own, or one in the same AS",
        "sites behind several clouds; single-digit percent by estimate",
        [Constants.AsnRule]);

    public void Feed(in Sighting sighting, ICollection<Evidence> evidence)
    {
        if (!sighting.IsUp || !(sighting.Step.Records.Count > 0 || sighting.Step.IsFirst)
            || (sighting.Flow.Tls?.Hello ?? sighting.Flow.Quic?.Hello)?.ServerName is not { } name)
            return;
        var asns = sighting.Around.AsnsOf(name);
        var asn = sighting.Around.Find(sighting.Flow.Key.Server)?.Asn ?? 0;
        if (asns.Count > 0 && asn != 0 && !asns.Contains(asn))
            evidence.Add(sighting.Tell(Info, $"{name} is not in AS {asn} of {sighting.Flow.Key.Server}"));
    }
}
