namespace Karez.Proxy;

/// <summary>What a local program speaks to the mixed port.</summary>
public enum InboundKind
{
    /// <summary>SOCKS5.</summary>
    Socks5,

    /// <summary>SOCKS4, which is refused.</summary>
    Socks4,

    /// <summary>HTTP.</summary>
    Http,
}
