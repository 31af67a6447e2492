namespace Karez.Net.Relay;

/// <summary>Writes a frame.</summary>
/// <param name="state">What it needs.</param>
/// <param name="room">Where to.</param>
/// <returns>Octets written; 0 for no frame.</returns>
public delegate int FrameWriter<in T>(T state, Span<byte> room);
