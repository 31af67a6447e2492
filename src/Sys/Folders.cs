using System.Runtime.InteropServices;
using System.Text;

namespace Karez.Sys;

/// <summary>What the framework does not do with folders.</summary>
public static unsafe partial class Folders
{
    /// <summary>Brings a folder's entries to the disk (fsync), so that a rename survives a loss of power.</summary>
    /// <returns>0, or minus the errno.</returns>
    public static int Sync(string path)
    {
        var name = new byte[Encoding.UTF8.GetByteCount(path) + 1];
        Encoding.UTF8.GetBytes(path, name);
        int descriptor;
        fixed (byte* start = name)
            descriptor = Libc.Check(open(start, CloseOnExec, 0));
        if (descriptor < 0) return descriptor;
        var result = Libc.Check(fsync(descriptor));
        _ = Descriptors.Close(descriptor);
        return result;
    }

    // open(2) is variadic; on the ABIs .NET runs on, an integer third argument is passed alike.
    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int open(byte* path, int flags, uint mode);

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int fsync(int descriptor);

    private const int CloseOnExec = 0x80000;
}
