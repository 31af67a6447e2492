using System.Runtime.InteropServices;
using System.Text;

namespace Karez.Sys;

/// <summary>What the framework does not say about files.</summary>
public static unsafe partial class Files
{
    /// <summary>Whether the path itself, not what a link there points to, is a Unix socket.</summary>
    public static bool IsSocket(string path)
    {
        var name = new byte[Encoding.UTF8.GetByteCount(path) + 1];
        Encoding.UTF8.GetBytes(path, name);
        var status = stackalloc byte[StatusSize];
        fixed (byte* start = name)
            if (statx(CurrentFolder, start, DoNotFollow, WantType, status) < 0) return false;
        return (*(ushort*)(status + ModeOffset) & TypeMask) == SocketType;
    }

    // struct statx is the same on every architecture, unlike struct stat.
    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int statx(int folder, byte* path, int flags, uint mask, byte* status);

    private const int CurrentFolder = -100;
    private const int DoNotFollow = 0x100;
    private const uint WantType = 1;
    private const int StatusSize = 256;
    private const int ModeOffset = 28;
    private const int TypeMask = 0xF000;
    private const int SocketType = 0xC000;
}
