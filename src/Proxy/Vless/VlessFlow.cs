namespace Karez.Proxy.Vless;

/// <summary>The flow named in a request's addons.</summary>
public enum VlessFlow : byte
{
    /// <summary>The body follows as it is.</summary>
    None = 0,

    /// <summary>"xtls-rprx-vision": the body is in Vision frames.</summary>
    Vision = 1,
}
