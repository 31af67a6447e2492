using System.Runtime.InteropServices;
using System.Text;

namespace Karez.Sys;

/// <summary>Network interfaces that a process is the other end of (tun(4), linux/if_tun.h).</summary>
public static unsafe partial class TunInterfaces
{
    /// <summary>TUN_F_CSUM: packets may come without their transport checksum.</summary>
    public const uint ChecksumOffload = 0x01;

    /// <summary>TUN_F_TSO4 and TUN_F_TSO6: TCP segments may come joined.</summary>
    public const uint TcpOffload = 0x02 | 0x04;

    /// <summary>TUN_F_USO4 and TUN_F_USO6: UDP datagrams may come joined (from Linux 6.2).</summary>
    public const uint UdpOffload = 0x20 | 0x40;

    /// <summary>
    /// Makes an interface without link layer, each packet behind a virtio_net_hdr of ten octets. It is gone when
    /// the descriptor is closed; there must be none of that name. The descriptor does not block and is closed on exec.
    /// </summary>
    /// <param name="name">At most 15 octets of ASCII; a '%d' in it becomes a number.</param>
    /// <param name="actual">Its name.</param>
    /// <returns>A descriptor, or minus errno (ENOENT without the device file, EBUSY for a name in use).</returns>
    public static int Open(string name, out string actual)
    {
        actual = name;
        if (name.Length is 0 or >= NameSize || !Ascii.IsValid(name))
            return -Errno.Invalid;
        var descriptor = Libc.Check(open("/dev/net/tun", ReadWrite | NonBlocking | CloseOnExec));
        if (descriptor < 0)
            return descriptor;
        var request = stackalloc byte[RequestSize];
        new Span<byte>(request, RequestSize).Clear();
        Encoding.ASCII.GetBytes(name, new Span<byte>(request, NameSize));
        *(ushort*)(request + NameSize) = Tun | NoInformation | VirtioHeader | Exclusive;
        var size = 10;
        var result = Libc.Check(ioctl(descriptor, SetInterface, request));
        if (result >= 0)
            result = Libc.Check(ioctl(descriptor, SetVirtioHeaderSize, (byte*)&size));
        if (result < 0)
        {
            _ = Descriptors.Close(descriptor);
            return result;
        }

        actual = Marshal.PtrToStringAnsi((nint)request) ?? name;
        return descriptor;
    }

    /// <summary>Says in which forms packets may come.</summary>
    /// <returns>0, or minus errno (EINVAL for what this kernel does not know).</returns>
    public static int SetOffload(int descriptor, uint offloads) =>
        Libc.Check(ioctl(descriptor, SetOffloads, (byte*)(nuint)offloads));

    /// <summary>The number of an interface of this namespace; 0 when there is none of that name.</summary>
    public static uint IndexOf(string name) => if_nametoindex(name);

    [LibraryImport(Libc.Name, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int ioctl(int descriptor, nuint request, byte* argument);

    [LibraryImport(Libc.Name, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial uint if_nametoindex(string name);

    private const int NameSize = 16;
    private const int RequestSize = 40;
    private const int ReadWrite = 2;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const nuint SetInterface = 0x400454CA; // TUNSETIFF
    private const nuint SetOffloads = 0x400454D0; // TUNSETOFFLOAD
    private const nuint SetVirtioHeaderSize = 0x400454D8; // TUNSETVNETHDRSZ
    private const ushort Tun = 0x0001;
    private const ushort NoInformation = 0x1000;
    private const ushort VirtioHeader = 0x4000;
    private const ushort Exclusive = 0x8000;
}
