using System.Runtime.InteropServices;

namespace Karez.Sys;

/// <summary>SIGPIPE, which splice(2) raises where send(2) can be told not to.</summary>
public static partial class BrokenPipes
{
    /// <summary>
    /// Ignores the signal for the whole process; what wrote gets EPIPE. The runtime does it by itself, but not on
    /// every path by which a native program starts.
    /// </summary>
    public static void IgnoreSignal() => _ = signal(BrokenPipe, Ignore);

    [LibraryImport(Libc.Name)]
    private static partial nint signal(int number, nint handler);

    private const int BrokenPipe = 13;
    private const nint Ignore = 1;
}
