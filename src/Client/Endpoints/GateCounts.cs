namespace Karez.Client.Endpoints;

/// <summary>What one address sees of this client.</summary>
/// <param name="Live">Connections, and those that are being made.</param>
/// <param name="Dialling">Handshakes under way.</param>
/// <param name="Waited">Handshakes and flows that had to wait.</param>
/// <param name="Beyond">Looks at the node that went beyond the limit after they had waited.</param>
internal readonly record struct GateCounts(int Live, int Dialling, long Waited, long Beyond)
{
    /// <summary>Connections that may be held; 0 for no limit.</summary>
    public int Limit { get; init; }

    /// <summary>Most connections that were held at once.</summary>
    public int Most { get; init; }

    /// <summary>Flows that share connections now.</summary>
    public int Shared { get; init; }

    /// <summary>Flows that ever did.</summary>
    public long SharedTotal { get; init; }

    /// <summary>Flows that were still, and were ended for others that waited.</summary>
    public long Taken { get; init; }

    /// <summary>There is no place, and none to share.</summary>
    public bool IsFull { get; init; }
}
