namespace Karez.Observe.Captures;

/// <summary>One frame of a capture.</summary>
/// <param name="Nanoseconds">When, in nanoseconds since 1970 (UTC); 0 where the file says nothing.</param>
/// <param name="Link">What it begins with, see <see cref="LinkType"/>.</param>
/// <param name="WireLength">Its length on the wire; more than <paramref name="Octets"/> has when it was cut.</param>
/// <param name="Octets">What was kept, borrowed from the input.</param>
public readonly record struct CaptureFrame(long Nanoseconds, int Link, int WireLength, ReadOnlyMemory<byte> Octets);
