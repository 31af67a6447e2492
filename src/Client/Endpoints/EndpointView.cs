namespace Karez.Client.Endpoints;

/// <summary>What is known of a node when a flow has to choose.</summary>
/// <param name="Rests">It could not be reached a moment ago.</param>
/// <param name="Latency">How long its handshakes take; null while none was made.</param>
/// <param name="Octets">What went by way of its address.</param>
/// <param name="Live">Connections to its address, and those that are being made.</param>
internal readonly record struct EndpointView(bool Rests, TimeSpan? Latency, long Octets, int Live);
