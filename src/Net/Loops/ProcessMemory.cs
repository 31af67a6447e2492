using Karez.Sys;

namespace Karez.Net.Loops;

/// <summary>What a process keeps in memory.</summary>
public static class ProcessMemory
{
    /// <summary>Collects with compaction, and gives what the C library does not use back to the kernel.</summary>
    private static void Compact()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        NativeHeap.Trim();
    }

    /// <summary>
    /// Lets go of all that is not needed any more: garbage, and the code that was run once. Some milliseconds; for the
    /// moment after listening began, and for when a process has become quiet.
    /// </summary>
    public static void Rest()
    {
        Compact();
        CleanPages.LetGo();
    }
}
