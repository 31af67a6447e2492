namespace Karez.Proxy.Vless;

/// <summary>Which sub-connections a Mux.Cool stream may open.</summary>
public enum VlessMuxRule
{
    /// <summary>TCP and UDP.</summary>
    Any,

    /// <summary>UDP only (inside Vision).</summary>
    DatagramsOnly,

    /// <summary>One XUDP session, number 0 (a Vision account that asked for no flow).</summary>
    XudpOnly,
}
