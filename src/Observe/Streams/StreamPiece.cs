namespace Karez.Observe.Streams;

/// <summary>The next octets of one direction of a TCP stream.</summary>
/// <param name="Offset">Where they begin, in octets from the start of the stream.</param>
/// <param name="Octets">The octets; empty when only some are missing.</param>
/// <param name="Missing">How many octets after them the capture does not have.</param>
/// <param name="Nanoseconds">When the segment that carried them was seen.</param>
public readonly record struct StreamPiece(long Offset, ReadOnlyMemory<byte> Octets, long Missing, long Nanoseconds);
