namespace Karez.Proxy.Socks5;

/// <summary>What the server machine needs.</summary>
public enum Socks5Status
{
    /// <summary>More octets.</summary>
    NeedInput,

    /// <summary>
    /// An answer to the request: <see cref="Socks5Server.Accept"/> or <see cref="Socks5Server.Refuse"/>.
    /// </summary>
    NeedDecision,

    /// <summary>Nothing: what was produced is to be sent, then the connection closed.</summary>
    Failed,
}
