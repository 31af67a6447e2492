namespace Karez.Proxy.Vision;

/// <summary>What <see cref="VisionReceiver.Feed"/> found.</summary>
public enum VisionStatus
{
    /// <summary>Content to deliver; feed the rest.</summary>
    Content,

    /// <summary>All was taken; feed the next record.</summary>
    NeedInput,

    /// <summary>The frames are over: the rest, and all that follows inside TLS, is content.</summary>
    Unframed,

    /// <summary>The frames are over: the rest is content, and what follows on the socket is raw.</summary>
    Raw,

    /// <summary>The peer broke the framing.</summary>
    Failed,
}
