namespace Karez.Lab.Detectors;

/// <summary>T07: traffic to an address or port on the list of blocked ones.</summary>
internal sealed class BlockedAddresses : IDetector
{
    public DetectorInfo Info { get; } = new(
        "t07-address", "T07",
        "a flow to an address, or an address and port, that is blocked by now (port first, then the whole address)",
        "another address; nothing in the traffic's shape helps once it is on the list",
        "whoever shares the address; self-hosted media servers were reported",
        [Constants.PortThenAddress]);

    public void Feed(in Sighting sighting, ICollection<Evidence> evidence)
    {
        if (!sighting.Step.IsFirst)
            return;
        var key = sighting.Flow.Key;
        if (sighting.Around.BlockedEnds.Contains((key.Server, key.ServerPort)))
            evidence.Add(sighting.Tell(Info, $"blocked port {key.Server}:{key.ServerPort}"));
        else if (sighting.Around.BlockedEnds.Contains((key.Server, 0)))
            evidence.Add(sighting.Tell(Info, $"blocked address {key.Server}"));
    }
}
