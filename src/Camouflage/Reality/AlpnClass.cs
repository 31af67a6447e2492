namespace Karez.Camouflage.Reality;

/// <summary>What a hello's first ALPN entry asks for: targets answer each differently after the handshake.</summary>
public enum AlpnClass
{
    /// <summary>No ALPN extension.</summary>
    None,

    /// <summary>The first entry is not h2.</summary>
    Http1,

    /// <summary>The first entry is h2.</summary>
    Http2,
}
