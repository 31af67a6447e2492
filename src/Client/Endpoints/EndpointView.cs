namespace Karez.Client.Endpoints;

/// <summary>What is known of a node when a flow has to choose.</summary>
/// <param name="Rests">It could not be reached a moment ago.</param>
/// <param name="Latency">How long its handshakes take; null while none was made.</param>
/// <param name="Octets">What went by way of its address until now.</param>
/// <param name="IsFull">Its address has as many connections as may be, and takes no sharing.</param>
internal readonly record struct EndpointView(bool Rests, TimeSpan? Latency, long Octets, bool IsFull);
