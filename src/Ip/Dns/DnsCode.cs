namespace Karez.Ip.Dns;

/// <summary>Response codes (RFC 1035 section 4.1.1).</summary>
public enum DnsCode : byte
{
    /// <summary>No error.</summary>
    NoError = 0,

    /// <summary>FORMERR.</summary>
    FormatError = 1,

    /// <summary>SERVFAIL.</summary>
    ServerFailure = 2,

    /// <summary>NXDOMAIN.</summary>
    NoSuchName = 3,

    /// <summary>NOTIMP.</summary>
    NotImplemented = 4,

    /// <summary>REFUSED.</summary>
    Refused = 5,
}
