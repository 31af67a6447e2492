namespace Karez.Ip.Headers;

/// <summary>What a packet that stands for many is cut into (VIRTIO_NET_HDR_GSO_*).</summary>
public enum SegmentKind : byte
{
    /// <summary>It stands for itself.</summary>
    None = 0,

    /// <summary>TCP over IPv4.</summary>
    TcpV4 = 1,

    /// <summary>Fragments of UDP, which newer kernels do not make.</summary>
    UdpFragments = 3,

    /// <summary>TCP over IPv6.</summary>
    TcpV6 = 4,

    /// <summary>UDP datagrams.</summary>
    Udp = 5,
}
