namespace Karez.Proxy.Vless;

/// <summary>What the stream after a VLESS request carries.</summary>
public enum VlessCommand : byte
{
    /// <summary>One TCP flow.</summary>
    Tcp = 1,

    /// <summary>Datagrams to one destination, each behind its length.</summary>
    Udp = 2,

    /// <summary>Mux.Cool frames (XUDP among them); the request has no destination.</summary>
    Mux = 3,
}
