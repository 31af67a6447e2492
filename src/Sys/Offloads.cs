using System.Runtime.InteropServices;
using System.Text;

namespace Karez.Sys;

/// <summary>What a network interface does in the kernel's place (ethtool's ioctls, linux/ethtool.h).</summary>
public static partial class Offloads
{
    private const nuint SiocEthtool = 0x8946;
    private const int NameSize = 16; // IFNAMSIZ
    private const int RequestSize = 40; // struct ifreq on 64-bit Linux: the name, then a union with the data pointer.

    // ETHTOOL_SRXCSUM, STXCSUM, SSG, STSO, SGSO, SGRO; each takes a value, 0 for off.
    private static readonly uint[] s_commands = [0x15, 0x17, 0x19, 0x1F, 0x24, 0x2C];

    /// <summary>Turns checksums, segmentation and joining off, so that packets are what a wire carries.</summary>
    /// <param name="socket">Any socket of the interface's namespace.</param>
    /// <param name="name">The interface.</param>
    /// <returns>0, or minus the first errno; what an interface does not know is not counted.</returns>
    public static unsafe int TurnOff(int socket, string name)
    {
        if (Encoding.ASCII.GetByteCount(name) >= NameSize)
            return -Errno.Invalid;
        const int NotSupported = 95; // EOPNOTSUPP
        var value = stackalloc uint[2];
        var request = stackalloc byte[RequestSize];
        new Span<byte>(request, RequestSize).Clear();
        Encoding.ASCII.GetBytes(name, new Span<byte>(request, NameSize));
        *(void**)(request + NameSize) = value;
        foreach (var command in s_commands)
        {
            (value[0], value[1]) = (command, 0);
            var result = Libc.Check(ioctl(socket, SiocEthtool, request));
            if (result < 0 && result != -NotSupported)
                return result;
        }

        return 0;
    }

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static unsafe partial int ioctl(int descriptor, nuint request, byte* argument);
}
