using Karez.Sys;

namespace Karez.Net.Loops;

/// <summary>What the kernel lets this process have.</summary>
public static class ProcessLimits
{
    // Runtime, loops, listener, state files, the control socket, resolver, visits to the target: some 60 in use.
    private const int Reserve = 128;

    /// <summary>Raises the soft limit of descriptors to the hard one.</summary>
    public static void Raise() => _ = Limits.RaiseDescriptors();

    /// <summary>
    /// Connections that the limit of descriptors lets a process hold: each has another to where it goes (the target,
    /// the destination, the node), and some are left for files and names.
    /// </summary>
    /// <param name="wanted">The most that is wanted.</param>
    public static int Connections(int wanted)
    {
        _ = Limits.GetDescriptors(out var soft, out _);
        return (int)Math.Clamp(((long)Math.Min(soft, int.MaxValue) - Reserve) / 2, 1, wanted);
    }

    /// <summary>Descriptors open now, and how many may be.</summary>
    public static (long Open, long Limit) Descriptors()
    {
        _ = Limits.GetDescriptors(out var soft, out _);
        var open = Directory.Exists("/proc/self/fd") ? Directory.GetFileSystemEntries("/proc/self/fd").Length : 0;
        return (open, (long)Math.Min(soft, long.MaxValue));
    }
}
