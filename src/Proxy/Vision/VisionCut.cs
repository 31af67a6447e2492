namespace Karez.Proxy.Vision;

/// <summary>The front piece of some content, and how it goes out.</summary>
/// <param name="ContentLength">Octets of content to take from the front.</param>
/// <param name="Framed">False: they go out as they are, raw or inside TLS as the sender says.</param>
/// <param name="Command">The frame's command.</param>
/// <param name="PaddingLength">Zeros to append to the content, inside the same record.</param>
/// <param name="WithUserId">True for the first frame.</param>
public readonly record struct VisionCut(
    int ContentLength, bool Framed, VisionCommand Command, int PaddingLength, bool WithUserId)
{
    /// <summary>Octets that stand before the content: 0, 5 or 21.</summary>
    public int HeaderLength => !Framed ? 0
        : WithUserId ? VisionWire.UserIdLength + VisionWire.HeaderLength
        : VisionWire.HeaderLength;

    /// <summary>Octets of the whole frame: header, content and padding.</summary>
    public int TotalLength => HeaderLength + ContentLength + PaddingLength;
}
