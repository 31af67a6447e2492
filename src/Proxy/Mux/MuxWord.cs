namespace Karez.Proxy.Mux;

/// <summary>
/// What is said of a session between our own two ends, in a KeepAlive frame: docs/protocols/mux.md.
/// </summary>
public enum MuxWord : byte
{
    /// <summary>Nothing, or a word of a later version.</summary>
    None = 0,

    /// <summary>So many octets more may be sent.</summary>
    Credit = 1,

    /// <summary>No data comes any more.</summary>
    Finished = 2,

    /// <summary>The destination was reached.</summary>
    Connected = 3,
}
