using System.Runtime.InteropServices;

namespace Karez.Sys;

/// <summary>getrlimit(2) for descriptors.</summary>
public static unsafe partial class Limits
{
    /// <summary>RLIMIT_NOFILE: what counts now, and how far it may be raised.</summary>
    public static int GetDescriptors(out ulong soft, out ulong hard)
    {
        var limit = stackalloc ulong[2];
        var result = Libc.Check(getrlimit(DescriptorLimit, limit));
        (soft, hard) = (limit[0], limit[1]);
        return result;
    }

    /// <summary>Sets the soft limit; the hard one stays.</summary>
    public static int SetDescriptors(ulong soft)
    {
        var limit = stackalloc ulong[2];
        var result = Libc.Check(getrlimit(DescriptorLimit, limit));
        if (result < 0) return result;
        limit[0] = Math.Min(soft, limit[1]);
        return Libc.Check(setrlimit(DescriptorLimit, limit));
    }

    /// <summary>Raises the soft limit to the hard one, which the ahead-of-time runtime does not do by itself.</summary>
    public static int RaiseDescriptors() => SetDescriptors(ulong.MaxValue);

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int getrlimit(int resource, ulong* limit);

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int setrlimit(int resource, ulong* limit);

    private const int DescriptorLimit = 7;
}
