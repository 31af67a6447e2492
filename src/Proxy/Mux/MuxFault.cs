namespace Karez.Proxy.Mux;

/// <summary>What a Mux.Cool peer did wrong.</summary>
public enum MuxFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The meta part is shorter than 4 octets, longer than 512, or ends inside a field.</summary>
    BadMeta,

    /// <summary>The status is not 1-4.</summary>
    UnknownStatus,

    /// <summary>The network of a new session is neither TCP nor UDP.</summary>
    UnknownNetwork,

    /// <summary>The request does not allow such a session.</summary>
    NotAllowed,

    /// <summary>A session's number was given twice.</summary>
    DuplicateSession,
}
