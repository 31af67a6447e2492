namespace Karez.Beds;

/// <summary>A packet that passed.</summary>
/// <param name="Time">When it was read from the kernel.</param>
/// <param name="Frame">The frame from its Ethernet header on (on loopback too).</param>
public sealed record CapturedPacket(DateTimeOffset Time, ReadOnlyMemory<byte> Frame);
