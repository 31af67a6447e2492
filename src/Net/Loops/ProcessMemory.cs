using Karez.Sys;

namespace Karez.Net.Loops;

/// <summary>What a process keeps in memory.</summary>
public static class ProcessMemory
{
    /// <summary>Collects with compaction, and gives what the C library does not use back to the kernel.</summary>
    public static void Compact()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        NativeHeap.Trim();
    }

    /// <summary>
    /// Lets go of all that only the start needed: its garbage, and the code that was run once. Some milliseconds; for
    /// the moment after listening began.
    /// </summary>
    public static void EndStart()
    {
        Compact();
        CleanPages.LetGo();
    }
}
