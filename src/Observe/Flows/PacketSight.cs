namespace Karez.Observe.Flows;

/// <summary>One of a flow's first packets that carried something.</summary>
/// <param name="Direction">Who sent it.</param>
/// <param name="Nanoseconds">When.</param>
/// <param name="Length">Octets that the transport carried.</param>
/// <param name="FirstOctet">The first of them; -1 when the capture does not have it.</param>
/// <param name="Repeated">Whether the flow had sent this before (a retransmission).</param>
public readonly record struct PacketSight(
    Direction Direction, long Nanoseconds, int Length, int FirstOctet, bool Repeated);
