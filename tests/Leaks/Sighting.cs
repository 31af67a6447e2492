namespace Karez.Tests.Leaks;

/// <summary>What a packet is that left a machine.</summary>
internal enum Sighting
{
    /// <summary>None of those below: a leak.</summary>
    Other,

    /// <summary>One of the attempts: a leak.</summary>
    Attempt,

    /// <summary>TCP to the node, by who is no attempt.</summary>
    Channel,

    /// <summary>A question for a name: counted apart.</summary>
    Dns,

    /// <summary>ARP, which is no IP.</summary>
    Arp,

    /// <summary>IPv6 neighbour and router discovery.</summary>
    Neighbour,

    /// <summary>DHCP.</summary>
    Dhcp,
}
