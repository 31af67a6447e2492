namespace Karez.Proxy.Vision;

/// <summary>Who sent some content.</summary>
public enum VisionSide
{
    /// <summary>The one who asked for the flow.</summary>
    Client,

    /// <summary>The one it was asked of.</summary>
    Server,
}
