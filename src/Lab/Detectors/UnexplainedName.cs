using Karez.Observe.Packets;

namespace Karez.Lab.Detectors;

/// <summary>T21: the resolver never told this client that this name is at this address.</summary>
internal sealed class UnexplainedName : IDetector
{
    public DetectorInfo Info { get; } = new(
        "t21-dns-join", "T21",
        "a name and an address that no DNS answer to this client explains",
        "let the phone's ordinary resolver answer for the name shown, with the address used",
        "clients that resolve by DoH or know addresses from before",
        [Constants.DnsAge]);

    public void Feed(in Sighting sighting, ICollection<Evidence> evidence)
    {
        var flow = sighting.Flow;
        if (!sighting.IsUp || !(sighting.Step.Records.Count > 0 || sighting.Step.IsFirst)
            || (flow.Tls?.Hello ?? flow.Quic?.Hello)?.ServerName is not { } name
            || NetAddress.TryParse(name, out _) || !sighting.Around.Dns.Knows(flow.Key.Client))
            return;
        var age = TimeSpan.FromSeconds(Constants.DnsAge.Value);
        if (!sighting.Around.Dns.Told(flow.Key.Client, flow.Key.Server, name, flow.FirstSeen, age))
            evidence.Add(sighting.Tell(Info, $"no DNS answer led to {name} at {flow.Key.Server}"));
    }
}
