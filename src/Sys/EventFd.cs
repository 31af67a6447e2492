using System.Runtime.InteropServices;

namespace Karez.Sys;

/// <summary>eventfd(2): a counter that wakes an epoll.</summary>
public static unsafe partial class EventFd
{
    /// <summary>Makes a counter at zero, non-blocking, closed on exec.</summary>
    public static int Create() => Libc.Check(eventfd(0, CloseOnExec | NonBlocking));

    /// <summary>Adds one; a counter already at its limit stays readable, so the result may be ignored.</summary>
    public static int Signal(int descriptor)
    {
        ulong one = 1;
        return Libc.Check(write(descriptor, &one, sizeof(ulong)));
    }

    /// <summary>Sets the counter back to zero.</summary>
    public static int Drain(int descriptor)
    {
        ulong count;
        return Libc.Check(read(descriptor, &count, sizeof(ulong)));
    }

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int eventfd(uint initial, int flags);

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial nint read(int descriptor, void* buffer, nint length);

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial nint write(int descriptor, void* buffer, nint length);

    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
}
