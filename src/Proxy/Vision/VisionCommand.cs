namespace Karez.Proxy.Vision;

/// <summary>What follows a Vision frame.</summary>
public enum VisionCommand : byte
{
    /// <summary>Another frame.</summary>
    Continue = 0,

    /// <summary>Unframed octets, still inside TLS.</summary>
    End = 1,

    /// <summary>Raw octets on the socket.</summary>
    Direct = 2,
}
