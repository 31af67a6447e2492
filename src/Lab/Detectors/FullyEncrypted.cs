using System.Numerics;
using Karez.Observe.Flows;

namespace Karez.Lab.Detectors;

/// <summary>T09: the first data packet of a TCP connection is random all over.</summary>
internal sealed class FullyEncrypted : IDetector
{
    private readonly FlowMemory<State> _states = new();

    public DetectorInfo Info { get; } = new(
        "t09-fet", "T09",
        "a first TCP payload with neither the bits, the printable octets nor the beginning of a known protocol",
        "begin as TLS or HTTP does",
        "about 0.6 % of ordinary connections by the authors' estimate",
        [Constants.FetBits, Constants.FetFirst, Constants.FetShare, Constants.FetRun, Constants.FetTlsMinor]);

    public void Feed(in Sighting sighting, ICollection<Evidence> evidence)
    {
        if (!sighting.Packet.IsTcp || !sighting.IsUp || !sighting.Flow.OpeningSeen || sighting.Packet.Payload.IsEmpty)
            return;
        var state = _states[sighting.Flow];
        if (state.Judged || !IsFirst(sighting))
            return;
        state.Judged = true;
        if (!IsExempt(sighting.Packet.Payload.Span))
            evidence.Add(sighting.Tell(Info, $"a first payload of {sighting.Packet.PayloadLength} random octets"));
    }

    public void Ended(Flow flow, int subscriber, Surroundings around, ICollection<Evidence> evidence) =>
        _states.Forget(flow);

    /// <summary>
    /// Whether the payload is the one behind the SYN. Where a hello's first segment was lost the second comes alone,
    /// and is as random as anything; the published rule is of a connection's first data packet.
    /// </summary>
    private static bool IsFirst(in Sighting sighting) =>
        sighting is not { Packet.Segment: { } segment, Flow.Syn.Segment: { } syn }
        || segment.Sequence == unchecked(syn.Sequence + 1);

    /// <summary>Whether one of the five exemptions holds.</summary>
    public static bool IsExempt(ReadOnlySpan<byte> payload)
    {
        long bits = 0;
        int printable = 0, run = 0, longest = 0, first = 0;
        foreach (var octet in payload)
        {
            bits += BitOperations.PopCount(octet);
            run = octet is >= 0x20 and <= 0x7E ? run + 1 : 0;
            printable += run > 0 ? 1 : 0;
            longest = Math.Max(longest, run);
        }

        while (first < payload.Length && payload[first] is >= 0x20 and <= 0x7E)
            first++;
        var mean = (double)bits / payload.Length;
        return mean <= Constants.FetBits.Value.Low || mean >= Constants.FetBits.Value.High
            || first >= Constants.FetFirst.Value
            || (double)printable / payload.Length > Constants.FetShare.Value
            || longest > Constants.FetRun.Value
            || BeginsAsKnown(payload);
    }

    private static bool BeginsAsKnown(ReadOnlySpan<byte> payload) =>
        (payload.Length >= 3 && payload[0] is 0x16 or 0x17 && payload[1] == 3
            && payload[2] <= Constants.FetTlsMinor.Value)
        || payload.StartsWith("GET "u8) || payload.StartsWith("PUT "u8)
        || payload.StartsWith("POST "u8) || payload.StartsWith("HEAD "u8);

    private sealed class State
    {
        public bool Judged { get; set; }
    }
}
