namespace Karez.Tls;

/// <summary>What became of the next octets of an established session.</summary>
public enum TlsReadStatus
{
    /// <summary>The record is not all there; nothing was moved or changed.</summary>
    NeedInput,

    /// <summary>Application data lies in the input.</summary>
    Data,

    /// <summary>A record for the session itself (or empty data) was used up: call again.</summary>
    Internal,

    /// <summary>The peer said close_notify: nothing more comes.</summary>
    Closed,

    /// <summary>The peer broke the protocol or sent an alert; the session's fault says which.</summary>
    Failed,
}
