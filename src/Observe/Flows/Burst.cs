namespace Karez.Observe.Flows;

/// <summary>What one side sent before the other sent something, as packets show it.</summary>
/// <param name="Direction">Who sent it.</param>
/// <param name="Packets">Packets that carried something.</param>
/// <param name="Octets">Octets that they carried.</param>
/// <param name="First">When the first was seen, in nanoseconds.</param>
/// <param name="Last">When the last was seen.</param>
public readonly record struct Burst(Direction Direction, int Packets, long Octets, long First, long Last);
