namespace Karez.Observe.Packets;

/// <summary>What a TCP header says (RFC 9293 section 3.1, RFC 7323).</summary>
/// <param name="Sequence">Sequence number.</param>
/// <param name="Acknowledgment">Acknowledgment number; means something with ACK only.</param>
/// <param name="Flags">Control bits.</param>
/// <param name="Window">The window as sent, unscaled.</param>
/// <param name="HeaderLength">Header with options, in octets.</param>
/// <param name="OptionKinds">The kinds of the options in the order sent, padding included, at most 40 octets.</param>
/// <param name="MaxSegment">The maximum segment size offered; 0 for none.</param>
/// <param name="WindowScale">The shift offered; -1 for none.</param>
/// <param name="Timestamp">TSval; null for none.</param>
public readonly record struct TcpFields(
    uint Sequence,
    uint Acknowledgment,
    TcpControl Flags,
    ushort Window,
    int HeaderLength,
    ReadOnlyMemory<byte> OptionKinds,
    ushort MaxSegment,
    int WindowScale,
    uint? Timestamp)
{
    /// <summary>Whether all of these bits are set.</summary>
    public bool Has(TcpControl flags) => (Flags & flags) == flags;
}
