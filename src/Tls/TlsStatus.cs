namespace Karez.Tls;

/// <summary>What a handshake machine needs before it can go on.</summary>
public enum TlsStatus
{
    /// <summary>The handshake is over: take the session. Input that was not consumed belongs to it.</summary>
    Done,

    /// <summary>More octets from the peer.</summary>
    NeedInput,

    /// <summary>A further call with room for output.</summary>
    NeedOutputSpace,

    /// <summary>A verdict on the peer's identity.</summary>
    NeedDecision,

    /// <summary>The peer said close_notify before the handshake was over.</summary>
    Closed,

    /// <summary>The handshake failed, and the alert, if there is one, has been produced.</summary>
    Failed,
}
