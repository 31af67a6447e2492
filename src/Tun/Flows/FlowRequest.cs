using Karez.Ip.Headers;

namespace Karez.Tun.Flows;

/// <summary>A flow to be decided and carried.</summary>
/// <param name="Transport">TCP or UDP.</param>
/// <param name="Source">The program's end; behind a gateway, a phone's.</param>
/// <param name="Destination">What the program connects to; may be an address that stands for a name.</param>
/// <param name="Name">The name in lower case, if known: of a fake address, or of one resolved directly.</param>
/// <param name="IsFake">Whether the destination is a fake address.</param>
public readonly record struct FlowRequest(
    FlowTransport Transport, HostPort Source, HostPort Destination, string? Name, bool IsFake)
{
    /// <summary>Where to, for the far side.</summary>
    public FlowTarget Target => IsFake
        ? new FlowTarget(Name, default, Destination.Port)
        : new FlowTarget(null, Destination.Address, Destination.Port);
}
