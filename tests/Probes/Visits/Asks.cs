namespace Karez.Probes.Visits;

/// <summary>When a visit sends its request.</summary>
public enum Asks
{
    /// <summary>Never.</summary>
    Never,

    /// <summary>In the same write as the Finished, as a browser does.</summary>
    AtOnce,

    /// <summary>A moment after the handshake.</summary>
    Later,
}
