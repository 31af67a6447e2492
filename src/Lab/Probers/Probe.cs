namespace Karez.Lab.Probers;

/// <summary>One connection that a prober makes: what it sends, and for how long it waits.</summary>
/// <param name="Technique"><c>t10</c>, <c>t11</c>, <c>t22</c>, <c>t23</c> (catalogue) or <c>stack</c>.</param>
/// <param name="Name">What it is.</param>
/// <param name="Octets">What is sent once connected.</param>
/// <param name="Then">What is sent afterwards, one write each, a little apart.</param>
/// <param name="Finish">Whether FIN follows.</param>
/// <param name="Handshake">Instead of all this: a whole TLS handshake that offers this ALPN name.</param>
public sealed record Probe(
    string Technique,
    string Name,
    ReadOnlyMemory<byte> Octets,
    IReadOnlyList<ReadOnlyMemory<byte>>? Then = null,
    bool Finish = false,
    string? Handshake = null);
