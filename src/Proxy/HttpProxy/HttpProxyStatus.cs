namespace Karez.Proxy.HttpProxy;

/// <summary>What the proxy machine needs.</summary>
public enum HttpProxyStatus
{
    /// <summary>More octets of the head.</summary>
    NeedInput,

    /// <summary>A flow to <see cref="HttpProxyServer.Destination"/>, or the reason why there is none.</summary>
    NeedDecision,

    /// <summary>Nothing: what was produced is to be sent, then the connection closed.</summary>
    Failed,
}
