using System.Runtime.InteropServices;

namespace Karez.Sys;

/// <summary>
/// An exclusive flock(2) on a file: one process per state folder. The kernel lets go of it when the process ends,
/// however it ends.
/// </summary>
public sealed unsafe partial class FileLock : IDisposable
{
    private int _descriptor;

    private FileLock(int descriptor) => _descriptor = descriptor;

    /// <summary>
    /// Takes the lock, making the file (0600) if it is not there. Returns 0, minus EAGAIN when another holds it, or
    /// minus the errno of opening.
    /// </summary>
    public static int TryTake(string path, out FileLock? held)
    {
        held = null;
        var descriptor = Open(path);
        if (descriptor < 0) return descriptor;
        var result = Libc.Check(flock(descriptor, Exclusive | DoNotWait));
        if (result < 0) _ = Descriptors.Close(descriptor);
        else held = new FileLock(descriptor);
        return result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        var descriptor = Interlocked.Exchange(ref _descriptor, -1);
        if (descriptor >= 0) _ = Descriptors.Close(descriptor);
    }

    private static int Open(string path)
    {
        var octets = new byte[System.Text.Encoding.UTF8.GetByteCount(path) + 1];
        System.Text.Encoding.UTF8.GetBytes(path, octets);
        fixed (byte* start = octets)
            return Libc.Check(open(start, ReadWrite | Create | CloseOnExec | NoFollow, OwnerOnly));
    }

    // open(2) is variadic; on the ABIs .NET runs on, an integer third argument is passed alike.
    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int open(byte* path, int flags, uint mode);

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int flock(int descriptor, int operation);

    private const int Exclusive = 2;
    private const int DoNotWait = 4;
    private const int ReadWrite = 2;
    private const int Create = 0x40;
    private const int CloseOnExec = 0x80000;
    private static readonly int NoFollow =
        RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x8000 : 0x20000;
    private const uint OwnerOnly = 0x180;
}
