namespace Karez.Proxy.Mux;

/// <summary>What a frame does to its session.</summary>
public enum MuxStatus : byte
{
    /// <summary>Opens it.</summary>
    New = 1,

    /// <summary>Carries data.</summary>
    Keep = 2,

    /// <summary>Closes it.</summary>
    End = 3,

    /// <summary>Nothing; data is dropped.</summary>
    KeepAlive = 4,
}
