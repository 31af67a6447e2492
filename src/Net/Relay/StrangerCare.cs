using Karez.Camouflage.Reality;

namespace Karez.Net.Relay;

/// <summary>
/// How strangers' octets are handled. The node has this one only; the probes' tests derive faulty ones from it, to show
/// that a node with such a fault does not pass (tests/Probes/Nodes).
/// </summary>
internal class StrangerCare
{
    /// <summary>Everything goes on as it came.</summary>
    internal static StrangerCare Faithful { get; } = new();

    /// <summary>The part of a buffer that one read may fill.</summary>
    internal virtual Memory<byte> Room(Memory<byte> buffer) => buffer;

    /// <summary>How many of the octets of one read go on.</summary>
    internal virtual int Passed(int read, int room) => read;

    /// <summary>Whether a hello is turned away at once instead of being forwarded.</summary>
    internal virtual bool TurnsAway(RealityFault fault) => false;
}
