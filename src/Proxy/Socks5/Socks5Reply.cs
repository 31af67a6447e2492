namespace Karez.Proxy.Socks5;

/// <summary>Reply codes (RFC 1928 section 6).</summary>
public enum Socks5Reply : byte
{
    /// <summary>Succeeded.</summary>
    Succeeded = 0,

    /// <summary>General failure.</summary>
    GeneralFailure = 1,

    /// <summary>Not allowed by a rule.</summary>
    NotAllowed = 2,

    /// <summary>Network unreachable.</summary>
    NetworkUnreachable = 3,

    /// <summary>Host unreachable.</summary>
    HostUnreachable = 4,

    /// <summary>Connection refused.</summary>
    ConnectionRefused = 5,

    /// <summary>TTL expired; used for "timed out".</summary>
    TtlExpired = 6,

    /// <summary>Command not supported.</summary>
    CommandNotSupported = 7,

    /// <summary>Address type not supported.</summary>
    AddressTypeNotSupported = 8,
}
