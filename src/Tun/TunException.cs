namespace Karez.Tun;

/// <summary>The device cannot be had, or is no more.</summary>
public sealed class TunException : Exception
{
    internal TunException(TunFault fault, string name, int errno = 0)
        : base(What(fault, name, errno)) => (Fault, Name, Errno) = (fault, name, errno);

    /// <summary>What is wrong.</summary>
    public TunFault Fault { get; }

    /// <summary>The interface's name.</summary>
    public string Name { get; }

    /// <summary>The kernel's number for it; 0 when it gave none.</summary>
    public int Errno { get; }

    /// <summary>What to do about it, for a person.</summary>
    public string Hint => Fault switch
    {
        TunFault.NotPermitted => "run it as root, or give it CAP_NET_ADMIN",
        TunFault.NoDeviceFile => "modprobe tun; in a container, pass /dev/net/tun in",
        TunFault.NameInUse => "another VPN or another karez runs; ip link show has the names",
        TunFault.BadName => "1 to 15 letters and digits",
        TunFault.AddressMissing => "is IPv6 switched off on this machine? it can be switched off here as well",
        TunFault.DeviceGone => "another program removed it; connect again",
        _ => "dmesg may say more",
    };

    private static string What(TunFault fault, string name, int errno) => fault switch
    {
        TunFault.NotPermitted => $"{name}: making a network interface is not permitted",
        TunFault.NoDeviceFile => "there is no /dev/net/tun",
        TunFault.NameInUse => $"{name}: there is an interface of this name",
        TunFault.BadName => $"\"{name}\" is no name for an interface",
        TunFault.AddressMissing => $"{name}: its address cannot be listened on",
        TunFault.DeviceGone => $"{name}: the interface was deleted",
        _ => $"{name}: the kernel refuses, errno {errno}",
    };
}
