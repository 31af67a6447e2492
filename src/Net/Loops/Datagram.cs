using System.Net;

namespace Karez.Net.Loops;

/// <summary>A received datagram.</summary>
/// <param name="Length">Its octets.</param>
/// <param name="Source">Who sent it; an IPv4 peer of a dual-stack socket shows as IPv4.</param>
public readonly record struct Datagram(int Length, IPEndPoint Source);
