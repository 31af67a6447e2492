using Karez.Observe;
using Karez.Observe.Flows;

namespace Karez.Lab.Findings;

/// <summary>A flow's first packets as numbers: signed lengths, then pauses.</summary>
internal static class PacketTrace
{
    /// <summary>How many packets.</summary>
    public const int Packets = 30;

    /// <summary>Lengths (negative from the server), and pauses before each in milliseconds; else 0.</summary>
    public static float[] Of(Flow flow)
    {
        var numbers = new float[2 * Packets];
        var (at, last) = (0, flow.FirstSeen);
        foreach (var packet in flow.Packets.Where(packet => !packet.Repeated).Take(Packets))
        {
            numbers[at] = packet.Direction == Direction.ClientToServer ? packet.Length : -packet.Length;
            numbers[Packets + at++] = (packet.Nanoseconds - last) / 1e6f;
            last = packet.Nanoseconds;
        }

        return numbers;
    }
}
