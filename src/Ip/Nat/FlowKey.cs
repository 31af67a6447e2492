using Karez.Ip.Headers;

namespace Karez.Ip.Nat;

/// <summary>Both ends of a TCP connection as the program sees it.</summary>
/// <param name="Source">The program's end.</param>
/// <param name="Destination">Where it connects to.</param>
public readonly record struct FlowKey(HostPort Source, HostPort Destination);
