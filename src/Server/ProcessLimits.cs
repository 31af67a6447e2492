using Karez.Sys;

namespace Karez.Server;

/// <summary>What the kernel lets this process have.</summary>
public static class ProcessLimits
{
    /// <summary>Raises the soft limit of descriptors to the hard one.</summary>
    public static void Raise() => _ = Limits.RaiseDescriptors();

    /// <summary>Descriptors open now, and how many may be.</summary>
    public static (long Open, long Limit) Descriptors()
    {
        _ = Limits.GetDescriptors(out var soft, out _);
        var open = Directory.Exists("/proc/self/fd") ? Directory.GetFileSystemEntries("/proc/self/fd").Length : 0;
        return (open, (long)Math.Min(soft, long.MaxValue));
    }
}
