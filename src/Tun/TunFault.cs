namespace Karez.Tun;

/// <summary>What can be wrong with the device.</summary>
public enum TunFault
{
    /// <summary>Making an interface needs CAP_NET_ADMIN.</summary>
    NotPermitted,

    /// <summary>There is no /dev/net/tun: the kernel's module is missing, or a container does not give it.</summary>
    NoDeviceFile,

    /// <summary>An interface of that name exists.</summary>
    NameInUse,

    /// <summary>The name is no interface's name.</summary>
    BadName,

    /// <summary>The device's own address is not on this machine: nobody has set it, or not yet.</summary>
    AddressMissing,

    /// <summary>Somebody deleted the interface.</summary>
    DeviceGone,

    /// <summary>The kernel said something else.</summary>
    Failed,
}
