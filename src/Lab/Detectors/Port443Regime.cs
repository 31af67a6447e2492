using Karez.Observe.Packets;

namespace Karez.Lab.Detectors;

/// <summary>T08: the regime in which every TCP connection to port 443 abroad is reset, whatever it says.</summary>
internal sealed class Port443Regime : IDetector
{
    public DetectorInfo Info { get; } = new(
        "t08-port443", "T08",
        "a SYN to port 443 abroad while that port is switched off (2025-08-20, 74 minutes)",
        "another port or transport to fall back to",
        "everybody: it is a regime, no verdict on the flow",
        [Constants.Port443]);

    /// <summary>Whether the regime is in force.</summary>
    public bool IsOn { get; set; }

    public void Feed(in Sighting sighting, ICollection<Evidence> evidence)
    {
        if (IsOn && sighting.Packet.Segment is { } segment && segment.Has(TcpControl.Syn)
            && sighting.Flow.Key.ServerPort == Constants.Port443.Value.Port
            && sighting.Around.Find(sighting.Flow.Key.Server)?.Foreign != false)
            evidence.Add(sighting.Tell(Info, "port 443 is switched off"));
    }
}
