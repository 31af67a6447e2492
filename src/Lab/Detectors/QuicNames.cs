using Karez.Observe.Datagrams;

namespace Karez.Lab.Detectors;

/// <summary>T06: a blocked name in the first datagram of a 4-tuple, as the GFW reads QUIC version 1.</summary>
internal sealed class QuicNames : IDetector
{
    private const ulong Padding = 0, Crypto = 6;

    public DetectorInfo Info { get; } = new(
        "t06-quic-sni", "T06",
        "a blocked name in a QUIC 1 Initial that comes first on its ports, source port above destination port",
        "a name that nobody blocks; as published, frames mixed with PING and PADDING pass",
        "only those that a suffix on the list over-blocks",
        [Constants.QuicMemory, Constants.QuicResidual, Constants.QuicLatency]);

    public void Feed(in Sighting sighting, ICollection<Evidence> evidence)
    {
        var packet = sighting.Packet;
        if (!packet.IsUdp || !sighting.Step.IsFirst || packet.SourcePort <= packet.DestinationPort
            || sighting.Flow.Quic is not { Version: QuicInitial.Version1, Opened: true, Hello: { } hello } initial
            || IsMixed(initial))
            return;
        if (sighting.Around.IsBlocked(hello.ServerName))
            evidence.Add(sighting.Tell(Info, $"blocked name {hello.ServerName} in a QUIC Initial"));
    }

    // One CRYPTO frame, and padding behind it at most, is what triggers; browsers mix.
    private static bool IsMixed(QuicInitial initial) =>
        initial.Frames.Count(frame => frame.Type == Crypto) != 1
        || initial.Frames[0].Type != Crypto
        || initial.Frames.Any(frame => frame.Type is not (Padding or Crypto));
}
