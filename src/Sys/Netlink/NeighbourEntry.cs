using System.Net;
using System.Net.NetworkInformation;

namespace Karez.Sys.Netlink;

/// <summary>A neighbour that the kernel knows or looks for.</summary>
/// <param name="Link">The interface's number.</param>
/// <param name="Address">Its address.</param>
/// <param name="State">NUD_*: 2 answers, 4 did lately, 0x20 does not.</param>
/// <param name="Hardware">Its hardware address; null while that is not known.</param>
public sealed record NeighbourEntry(int Link, IPAddress Address, ushort State, PhysicalAddress? Hardware = null);
