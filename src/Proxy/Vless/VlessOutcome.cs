namespace Karez.Proxy.Vless;

/// <summary>
/// How a dial went, in the octet that a node answers with: 0 for a connection, else the reply of SOCKS5 (RFC 1928
/// section 6) that fits.
/// </summary>
public static class VlessOutcome
{
    /// <summary>There is a connection.</summary>
    public const byte Connected = 0;

    /// <summary>The octet for a failure.</summary>
    public static byte CodeOf(FlowFailure failure) => (byte)Socks5.Socks5Wire.ReplyOf(failure);

    /// <summary>What an octet means; null for a connection, and one that is not known is a general failure.</summary>
    public static FlowFailure? FailureOf(byte code) => (Socks5.Socks5Reply)code switch
    {
        Socks5.Socks5Reply.Succeeded => null,
        Socks5.Socks5Reply.NotAllowed => FlowFailure.Forbidden,
        Socks5.Socks5Reply.NetworkUnreachable => FlowFailure.NetworkUnreachable,
        Socks5.Socks5Reply.HostUnreachable => FlowFailure.HostUnreachable,
        Socks5.Socks5Reply.ConnectionRefused => FlowFailure.Refused,
        Socks5.Socks5Reply.TtlExpired => FlowFailure.TimedOut,
        _ => FlowFailure.General,
    };
}
