namespace Karez.Proxy.Mux;

/// <summary>What a session carries.</summary>
public enum MuxNetwork : byte
{
    /// <summary>Not said.</summary>
    None = 0,

    /// <summary>Octets in order.</summary>
    Tcp = 1,

    /// <summary>Datagrams, one per frame.</summary>
    Udp = 2,
}
