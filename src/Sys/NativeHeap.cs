using System.Runtime.InteropServices;

namespace Karez.Sys;

/// <summary>The C library's heap, which OpenSSL's contexts live on.</summary>
public static partial class NativeHeap
{
    /// <summary>
    /// Gives unused pages of the heap back to the kernel (malloc_trim); does nothing where the C library has no such
    /// call, as musl.
    /// </summary>
    public static void Trim()
    {
        if (!s_has) return;
        try
        {
            _ = malloc_trim(0);
        }
        catch (EntryPointNotFoundException)
        {
            s_has = false;
        }
    }

    [LibraryImport(Libc.Name)]
    private static partial int malloc_trim(nuint pad);

    private static bool s_has = true;
}
