namespace Karez.Probes.Script;

/// <summary>One line of a probe file.</summary>
public abstract record ProbeStep;

/// <summary>Sends octets, whole, in <paramref name="Pieces"/> writes, or <paramref name="Octets"/> at a time.</summary>
/// <param name="Payload">What.</param>
/// <param name="Pieces">Number of TCP writes.</param>
/// <param name="Octets">Size of a write when the payload is dripped; 0 otherwise.</param>
/// <param name="Most">Largest number of drips.</param>
/// <param name="Gap">Milliseconds between two writes.</param>
public sealed record SendStep(Payload Payload, int Pieces, int Octets, int Most, int Gap) : ProbeStep;

/// <summary>Sends octets as TCP urgent data.</summary>
public sealed record UrgentStep(Payload Payload) : ProbeStep;

/// <summary>Waits, whatever happens.</summary>
public sealed record WaitStep(int Milliseconds) : ProbeStep;

/// <summary>Waits until an answer has begun, at most this long.</summary>
public sealed record AwaitStep(int Milliseconds) : ProbeStep;

/// <summary>Waits, and holds the probe for wrong when anything arrives or the peer closes.</summary>
public sealed record ExpectNothingStep(int Milliseconds) : ProbeStep;

/// <summary>Watches until the peer closes, at most this long.</summary>
public sealed record ObserveStep(int Milliseconds) : ProbeStep;

/// <summary>Closes the sending direction (FIN).</summary>
public sealed record HalfCloseStep : ProbeStep;

/// <summary>Ends the connection with RST.</summary>
public sealed record ResetStep : ProbeStep;

/// <summary>Receive buffer asked for before connecting.</summary>
public sealed record WindowStep(int Octets) : ProbeStep;

/// <summary>Stops reading, so that the window closes.</summary>
public sealed record StopReadingStep : ProbeStep;

/// <summary>Reads again.</summary>
public sealed record ReadStep : ProbeStep;

/// <summary>A whole visit with .NET's TLS client: handshake, requests, close.</summary>
public sealed record VisitStep(IReadOnlyDictionary<string, string> Options) : ProbeStep;

/// <summary>A whole visit with <c>openssl s_client</c>, into which the given lines are typed in order.</summary>
public sealed record ClientStep(IReadOnlyList<string> Arguments, IReadOnlyList<byte[]> Typed) : ProbeStep;
