namespace Karez.Observe.Captures;

/// <summary>What reading a capture came to.</summary>
public enum CaptureStatus
{
    /// <summary>A frame was read.</summary>
    Frame,

    /// <summary>More octets are needed; at the end of the file, the file is cut when some were not consumed.</summary>
    NeedInput,

    /// <summary>The file is none, or is damaged; see the reader's fault.</summary>
    Failed,
}
