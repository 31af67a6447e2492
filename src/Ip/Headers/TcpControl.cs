namespace Karez.Ip.Headers;

/// <summary>The control bits of a TCP header that matter here (RFC 9293 section 3.1).</summary>
[Flags]
public enum TcpControl : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>The sender is done.</summary>
    Fin = 1,

    /// <summary>The connection begins.</summary>
    Syn = 2,

    /// <summary>The connection is over.</summary>
    Rst = 4,

    /// <summary>The acknowledgement counts.</summary>
    Ack = 16,
}
