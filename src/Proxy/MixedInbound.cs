namespace Karez.Proxy;

/// <summary>Tells SOCKS5 and HTTP apart on one port, by the first octet.</summary>
public static class MixedInbound
{
    /// <summary>Length of the answer to SOCKS4.</summary>
    public const int Socks4RefusalLength = 8;

    /// <summary>Says what the first octet begins.</summary>
    public static InboundKind Sniff(byte first) => first switch
    {
        5 => InboundKind.Socks5,
        4 => InboundKind.Socks4,
        _ => InboundKind.Http,
    };

    /// <summary>Writes SOCKS4's "request rejected" (00 5B and six zero octets); then close.</summary>
    public static int WriteSocks4Refusal(Span<byte> destination)
    {
        destination[..Socks4RefusalLength].Clear();
        destination[1] = 0x5B;
        return Socks4RefusalLength;
    }
}
