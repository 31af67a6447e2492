namespace Karez.Observe.Captures;

/// <summary>What a captured frame begins with: the link types that are read (the registry of pcap files).</summary>
public static class LinkType
{
    /// <summary>Four octets of address family in the capturing machine's order (BSD loopback).</summary>
    public const int Null = 0;

    /// <summary>Ethernet.</summary>
    public const int Ethernet = 1;

    /// <summary>An IP packet, version by its first four bits.</summary>
    public const int RawIp = 101;

    /// <summary>Linux cooked capture, 16 octets.</summary>
    public const int LinuxCooked = 113;

    /// <summary>An IPv4 packet.</summary>
    public const int RawIp4 = 228;

    /// <summary>An IPv6 packet.</summary>
    public const int RawIp6 = 229;

    /// <summary>Linux cooked capture, version 2, 20 octets.</summary>
    public const int LinuxCooked2 = 276;
}
