namespace Karez.Tun;

/// <summary>In which forms the kernel gives packets.</summary>
[Flags]
public enum TunFeatures
{
    /// <summary>One by one, complete.</summary>
    None = 0,

    /// <summary>Without their transport checksum.</summary>
    Checksum = 1,

    /// <summary>TCP segments joined.</summary>
    JoinedTcp = 2,

    /// <summary>UDP datagrams joined.</summary>
    JoinedUdp = 4,
}
