using System.Runtime.InteropServices;

namespace Karez.Sys;

/// <summary>Anonymous pages from mmap(2): memory that goes back to the system the moment it is freed.</summary>
public static unsafe partial class Pages
{
    /// <summary>Maps zeroed, private, readable and writable pages; null when the system has none.</summary>
    public static byte* Map(nint octets)
    {
        var start = mmap(null, octets, ReadWrite, PrivateAnonymous, -1, 0);
        return start == (void*)-1 ? null : (byte*)start;
    }

    /// <summary>Gives pages of <see cref="Map"/> back.</summary>
    public static void Unmap(byte* start, nint octets) => _ = munmap(start, octets);

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial void* mmap(void* hint, nint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int munmap(void* start, nint length);

    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;
}
