namespace Karez.Net.Relay;

/// <summary>What one of several sessions has in the buffer that a <see cref="FrameOutbox"/> collects.</summary>
public sealed class OutboxShare
{
    internal long Batch { get; set; }

    internal int Octets { get; set; }
}
