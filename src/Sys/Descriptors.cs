using System.Runtime.InteropServices;

namespace Karez.Sys;

/// <summary>What every descriptor has: read, write, close, flags.</summary>
public static unsafe partial class Descriptors
{
    /// <summary>read(2).</summary>
    public static int Read(int descriptor, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            int result;
            do result = Libc.Check(read(descriptor, start, buffer.Length));
            while (result == -Errno.Interrupted);
            return result;
        }
    }

    /// <summary>write(2). On sockets use <see cref="Sockets.Send"/>, which raises no SIGPIPE.</summary>
    public static int Write(int descriptor, ReadOnlySpan<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            int result;
            do result = Libc.Check(write(descriptor, start, buffer.Length));
            while (result == -Errno.Interrupted);
            return result;
        }
    }

    /// <summary>close(2); never repeated, as the number is free even after EINTR.</summary>
    public static int Close(int descriptor) => Libc.Check(close(descriptor));

    /// <summary>Another descriptor for the same thing, closed on exec.</summary>
    public static int Duplicate(int descriptor) => Libc.Check(fcntl(descriptor, DuplicateCloseOnExec, 0));

    /// <summary>Sets or clears O_NONBLOCK.</summary>
    public static int SetNonBlocking(int descriptor, bool nonBlocking)
    {
        var flags = Libc.Check(fcntl(descriptor, GetFlags, 0));
        if (flags < 0) return flags;
        return Libc.Check(fcntl(descriptor, SetFlags, nonBlocking ? flags | NonBlocking : flags & ~NonBlocking));
    }

    /// <summary>The number of descriptors this process has open.</summary>
    public static int CountOpen() => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count() - 1;

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial nint read(int descriptor, void* buffer, nint length);

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial nint write(int descriptor, void* buffer, nint length);

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int close(int descriptor);

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int fcntl(int descriptor, int command, nint argument);

    private const int DuplicateCloseOnExec = 1030;
    private const int GetFlags = 3;
    private const int SetFlags = 4;
    private const int NonBlocking = 0x800;
}
