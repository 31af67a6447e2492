namespace Karez.Observe.Captures;

/// <summary>What is wrong with a capture.</summary>
public enum CaptureFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It begins with the magic number of neither pcap nor pcapng.</summary>
    NotACapture,

    /// <summary>A version that is not 2.x (pcap) or 1.x (pcapng).</summary>
    UnknownVersion,

    /// <summary>A frame or block longer than <see cref="CaptureReader.MaxBlock"/>.</summary>
    TooLong,

    /// <summary>A block whose lengths contradict each other.</summary>
    Malformed,

    /// <summary>A frame of an interface that was not described, or more than 256 of them.</summary>
    UnknownInterface,
}
