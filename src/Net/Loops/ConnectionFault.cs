namespace Karez.Net.Loops;

/// <summary>Why a connection could not be made or did not last.</summary>
public enum ConnectionFault
{
    /// <summary>Nothing happened.</summary>
    None,

    /// <summary>The other side answered with a refusal.</summary>
    Refused,

    /// <summary>No way there: network or host unreachable, no such local address or socket file.</summary>
    Unreachable,

    /// <summary>No answer in time.</summary>
    TimedOut,

    /// <summary>The peer sent RST.</summary>
    Reset,

    /// <summary>The owner ended it (revocation, drain).</summary>
    Aborted,

    /// <summary>It was disposed, its writing was shut down, or its loop ended.</summary>
    Closed,

    /// <summary>The process or the system has no descriptors or socket memory left.</summary>
    NoDescriptors,

    /// <summary>The kernel's policy forbids it.</summary>
    Forbidden,

    /// <summary>Any other error number.</summary>
    Failed,
}
