using System.Net;

namespace Karez.Sys.Netlink;

/// <summary>An address of an interface.</summary>
/// <param name="Link">The interface's number.</param>
/// <param name="Address">The address.</param>
/// <param name="PrefixLength">The bits that its network has.</param>
public sealed record AddressEntry(int Link, IPAddress Address, byte PrefixLength);
