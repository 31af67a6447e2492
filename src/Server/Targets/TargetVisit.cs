using Karez.Camouflage.Reality;

namespace Karez.Server.Targets;

/// <summary>What one visit to a site showed of it, as a target.</summary>
public sealed record TargetVisit
{
    /// <summary>Why its handshake cannot be borrowed, in a few words; null when it can.</summary>
    public string? Trouble { get; init; }

    /// <summary>How long TCP's handshake took: one round trip.</summary>
    public TimeSpan RoundTrip { get; init; }

    /// <summary>The application protocol it chose.</summary>
    public string? Alpn { get; init; }

    /// <summary>The key agreement group it chose, by its TLS name.</summary>
    public string? Group { get; init; }

    /// <summary>True when its chain leads to a root that this system trusts, and names it.</summary>
    public bool ChainValid { get; init; }

    /// <summary>Octets of its certificates, DER, together.</summary>
    public int CertificateOctets { get; init; }

    /// <summary>Total record lengths of its encrypted flight; one when it packs all messages into one record.</summary>
    public IReadOnlyList<int> Records { get; init; } = [];

    /// <summary>What it sent after the client's Finished.</summary>
    public PostHandshake After { get; init; } = PostHandshake.Silent;
}
