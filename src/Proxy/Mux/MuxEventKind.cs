namespace Karez.Proxy.Mux;

/// <summary>What a frame means to the shell.</summary>
public enum MuxEventKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A session is asked for; data may come with it.</summary>
    Open,

    /// <summary>Data of an open session.</summary>
    Data,

    /// <summary>The peer closed a session.</summary>
    Close,

    /// <summary>Something was said of it.</summary>
    Word,
}
