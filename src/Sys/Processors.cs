using System.Globalization;
using System.Runtime.InteropServices;

namespace Karez.Sys;

/// <summary>Which processors a thread may run on (sched_setaffinity(2)); what it starts inherits them.</summary>
public static unsafe partial class Processors
{
    private const int Most = 1024; // The kernel's cpu_set_t of glibc.
    private const int Octets = Most / 8;

    /// <summary>The numbers of the processors that a thread may run on, ascending.</summary>
    /// <param name="thread">Its number; 0 for the caller.</param>
    /// <returns>Empty when there is no such thread.</returns>
    public static IReadOnlyList<int> Of(int thread)
    {
        var set = stackalloc byte[Octets];
        if (sched_getaffinity(thread, Octets, set) < 0)
            return [];
        var numbers = new List<int>();
        for (var number = 0; number < Most; number++)
        {
            if ((set[number / 8] & (1 << (number % 8))) != 0)
                numbers.Add(number);
        }

        return numbers;
    }

    /// <summary>Keeps a thread to some processors.</summary>
    /// <param name="thread">Its number; 0 for the caller.</param>
    /// <param name="processors">Their numbers, 0 to 1023.</param>
    /// <returns>0, or minus errno: ESRCH for a thread that ended, EINVAL when none of them is there.</returns>
    public static int Keep(int thread, IReadOnlyList<int> processors)
    {
        ArgumentNullException.ThrowIfNull(processors);
        var set = stackalloc byte[Octets];
        new Span<byte>(set, Octets).Clear();
        foreach (var number in processors)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)number, (uint)Most, nameof(processors));
            set[number / 8] |= (byte)(1 << (number % 8));
        }

        return Libc.Check(sched_setaffinity(thread, Octets, set));
    }

    /// <summary>Keeps every thread that this process has now to some processors; later ones inherit them.</summary>
    /// <param name="processors">Their numbers.</param>
    public static void KeepAll(IReadOnlyList<int> processors)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc/self/task"))
            _ = Keep(int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture), processors);
    }

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int sched_getaffinity(int thread, nuint size, byte* set);

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int sched_setaffinity(int thread, nuint size, byte* set);
}
