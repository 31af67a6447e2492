using Karez.Camouflage.Reality;
using Karez.Net.Relay;

namespace Karez.Probes.Nodes;

/// <summary>The node's own way with strangers, with a fault on purpose in it.</summary>
internal sealed class FaultyCare(Mutation mutation) : StrangerCare
{
    internal override Memory<byte> Room(Memory<byte> buffer) =>
        mutation == Mutation.BufferOneShort ? buffer[..(1 << 13)] : buffer;

    internal override int Passed(int read, int room) =>
        mutation == Mutation.BufferOneShort && read == room ? read - 1 : read;

    internal override bool TurnsAway(RealityFault fault) =>
        mutation == Mutation.ClosesOnBadTag && fault == RealityFault.NotSealedForUs;
}
