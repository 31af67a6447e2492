namespace Karez.Proxy.Socks5;

/// <summary>What a SOCKS5 client asks for (RFC 1928 section 4).</summary>
public enum Socks5Command : byte
{
    /// <summary>A TCP flow.</summary>
    Connect = 1,

    /// <summary>A TCP listener; not served.</summary>
    Bind = 2,

    /// <summary>A relay for datagrams, alive as long as the TCP connection.</summary>
    UdpAssociate = 3,
}
