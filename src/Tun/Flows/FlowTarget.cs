using Karez.Ip.Headers;

namespace Karez.Tun.Flows;

/// <summary>Where to: a name that the far side resolves, or an address.</summary>
/// <param name="Name">The name in lower case; null when it is an address.</param>
/// <param name="Address">The address where there is no name.</param>
/// <param name="Port">The port.</param>
public readonly record struct FlowTarget(string? Name, HostAddress Address, ushort Port);
