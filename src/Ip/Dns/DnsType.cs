namespace Karez.Ip.Dns;

/// <summary>Types of records that are told apart here (IANA's numbers); others keep their number.</summary>
public enum DnsType : ushort
{
    /// <summary>No record.</summary>
    None = 0,

    /// <summary>An IPv4 address.</summary>
    A = 1,

    /// <summary>A zone's beginning; in negative answers it says how long they hold (RFC 2308).</summary>
    Soa = 6,

    /// <summary>PTR: the name of an address.</summary>
    NameOf = 12,

    /// <summary>Text.</summary>
    Txt = 16,

    /// <summary>An IPv6 address.</summary>
    Aaaa = 28,

    /// <summary>EDNS (RFC 6891).</summary>
    Opt = 41,

    /// <summary>A service's end points (RFC 9460).</summary>
    Svcb = 64,

    /// <summary>The same for HTTPS.</summary>
    Https = 65,

    /// <summary>A whole zone, changes only.</summary>
    Ixfr = 251,

    /// <summary>A whole zone.</summary>
    Axfr = 252,

    /// <summary>Anything (RFC 8482).</summary>
    Any = 255,
}
