namespace Karez.Sys.Netlink;

/// <summary>A network interface.</summary>
/// <param name="Index">Its number.</param>
/// <param name="Name">Its name.</param>
/// <param name="Traits">What is set of IFF_*.</param>
/// <param name="Mtu">The longest packet, in octets.</param>
public sealed record LinkEntry(int Index, string Name, LinkTraits Traits, int Mtu);
