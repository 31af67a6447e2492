namespace Karez.Net.Outbounds;

/// <summary>What became of an attempt to reach a destination.</summary>
public enum DialOutcome
{
    /// <summary>There is a connection, or an address.</summary>
    Connected,

    /// <summary>It answered with a refusal.</summary>
    Refused,

    /// <summary>There is no way to its network.</summary>
    Unreachable,

    /// <summary>There is a way to its network, and nobody at the address.</summary>
    HostUnreachable,

    /// <summary>It was silent, or its name servers were.</summary>
    TimedOut,

    /// <summary>There is no such name, or its name servers fail.</summary>
    NameNotFound,

    /// <summary>The exit does not connect there.</summary>
    Forbidden,
}
