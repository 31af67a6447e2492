using Karez.Proxy.Vless;

namespace Karez.Net.Inbounds;

/// <summary>A request that came through a tunnel.</summary>
/// <param name="Request">The request.</param>
/// <param name="Body">Octets that came behind it in the same record; they lie in the tunnel's buffer.</param>
public readonly record struct VlessArrival(VlessRequest Request, Memory<byte> Body);
