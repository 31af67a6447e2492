namespace Karez.Lab.Detectors;

/// <summary>T20: a TLS 1.3 flow from a foreign hoster that carries more than a page's beginning.</summary>
internal sealed class HostingFreeze : IDetector
{
    public DetectorInfo Info { get; } = new(
        "t20-16k", "T20",
        "more than 15 to 20 kB from a foreign hosting address over one TLS connection (frozen in Russia)",
        "an address that is in no hoster's AS; it measures being reachable, not being noticed",
        "accepted on purpose: every foreign site at a hoster",
        [Constants.Freeze]);

    public void Feed(in Sighting sighting, ICollection<Evidence> evidence)
    {
        var flow = sighting.Flow;
        if (!sighting.IsUp && flow.Tls is { IsTls13: true } && flow.Down.Payload > Constants.Freeze.Value.Least
            && sighting.Around.Find(flow.Key.Server) is { Foreign: true, Kind: "hosting" })
            evidence.Add(sighting.Tell(Info, $"{flow.Down.Payload} octets from a foreign hoster"));
    }
}
