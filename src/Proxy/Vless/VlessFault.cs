namespace Karez.Proxy.Vless;

/// <summary>What a VLESS peer did wrong.</summary>
public enum VlessFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The first octet is not version 0.</summary>
    WrongVersion,

    /// <summary>The addons are no protobuf message of known wire types.</summary>
    MalformedAddons,

    /// <summary>The flow is neither empty nor xtls-rprx-vision.</summary>
    UnknownFlow,

    /// <summary>The command is not 1, 2 or 3.</summary>
    UnknownCommand,

    /// <summary>Unknown address type, impossible name, or port 0.</summary>
    BadDestination,

    /// <summary>Plain UDP inside Vision.</summary>
    DatagramsInVision,

    /// <summary>The account does not have the flow that was asked for.</summary>
    FlowNotAllowed,

    /// <summary>The account has a flow and the request asks for none where it is needed.</summary>
    FlowRequired,
}
