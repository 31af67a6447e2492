using System.Runtime.InteropServices;

namespace Karez.Sys;

/// <summary>What a thread can ask for to be woken on time.</summary>
public static unsafe partial class Punctual
{
    /// <summary>
    /// Puts the calling thread before all ordinary ones (SCHED_FIFO) and lets its timers be exact (PR_SET_TIMERSLACK).
    /// </summary>
    /// <param name="priority">1 to 99.</param>
    /// <returns>0, or minus errno: without CAP_SYS_NICE timers are exact, and that is all.</returns>
    public static int Ask(int priority)
    {
        _ = prctl(29, 1, 0, 0, 0); // PR_SET_TIMERSLACK, one nanosecond
        return Libc.Check(sched_setscheduler(0, 1, &priority)); // SCHED_FIFO
    }

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int prctl(int option, nuint first, nuint second, nuint third, nuint fourth);

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int sched_setscheduler(int process, int policy, int* parameters);
}
