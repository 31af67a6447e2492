using Karez.Observe.Packets;

namespace Karez.Observe.Datagrams;

/// <summary>One record of a DNS answer.</summary>
/// <param name="Name">Its owner, lower case, without the last dot.</param>
/// <param name="Type">1 A, 5 CNAME, 28 AAAA, 65 HTTPS, …</param>
/// <param name="TimeToLive">Seconds.</param>
/// <param name="Address">The address of A and AAAA.</param>
/// <param name="Target">The name of a CNAME.</param>
public sealed record DnsRecord(string Name, ushort Type, uint TimeToLive, NetAddress? Address, string? Target);
