namespace Karez.Client.Endpoints;

/// <summary>What a connection is counted as at its address.</summary>
internal enum GatePlace
{
    /// <summary>One flow's own.</summary>
    Own,

    /// <summary>One that many TCP flows share.</summary>
    Carrier,

    /// <summary>One for the datagrams of one socket or of many.</summary>
    Datagrams,
}
