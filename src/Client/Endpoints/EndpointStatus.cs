namespace Karez.Client.Endpoints;

/// <summary>How a node is, for <c>karez status</c>. Counts are of its address, which several links may share.</summary>
/// <param name="Node">Its host and port.</param>
/// <param name="Rests">Whether it could not be reached a moment ago.</param>
/// <param name="LatencyMilliseconds">How long its handshakes take; null while none was made.</param>
/// <param name="Connections">Connections held, and those that are being made.</param>
/// <param name="Handshakes">Handshakes under way.</param>
/// <param name="Waited">How often somebody had to wait for either.</param>
/// <param name="Taken">Flows that were still, and were ended for others that waited.</param>
/// <param name="Beyond">Looks at the node that went beyond the limit of connections.</param>
/// <param name="Limit">Connections that may be held; 0 for no limit.</param>
/// <param name="Most">Most connections that were held at once.</param>
/// <param name="Shared">Flows that share connections now.</param>
/// <param name="SharedTotal">Flows that ever did.</param>
/// <param name="Octets">What went over its connections until now, those that run and those that are over.</param>
/// <param name="SharePercent">Its share of all octets.</param>
public sealed record EndpointStatus(
    string Node, bool Rests, int? LatencyMilliseconds, int Connections, int Handshakes, long Waited, long Taken,
    long Beyond, int Limit, int Most, int Shared, long SharedTotal, long Octets, int SharePercent);
