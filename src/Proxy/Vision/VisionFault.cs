namespace Karez.Proxy.Vision;

/// <summary>What a Vision peer did wrong.</summary>
public enum VisionFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A frame's command is not 0, 1 or 2.</summary>
    UnknownCommand,
}
