using System.Runtime.InteropServices;

namespace Karez.Sys;

/// <summary>pipe2(2) and splice(2).</summary>
public static unsafe partial class Pipes
{
    /// <summary>Makes a pipe, both ends non-blocking and closed on exec.</summary>
    public static int Open(out int readEnd, out int writeEnd)
    {
        var pair = stackalloc int[2];
        var result = Libc.Check(pipe2(pair, 0x80000 | 0x800));
        (readEnd, writeEnd) = (pair[0], pair[1]);
        return result;
    }

    /// <summary>
    /// F_SETPIPE_SZ. Minus EPERM when the user's pages are used up (fs.pipe-user-pages-soft); the pipe then keeps
    /// its size.
    /// </summary>
    public static int SetSize(int pipe, int octets) => Libc.Check(fcntl(pipe, SetPipeSize, octets));

    /// <summary>
    /// splice(2) with SPLICE_F_MOVE and SPLICE_F_NONBLOCK. Minus EAGAIN means: nothing to take, *or* no room; a
    /// socket blocks by its own O_NONBLOCK, not by the flag.
    /// </summary>
    public static int Splice(int from, int to, int octets, bool moreFollows)
    {
        var flags = Move | NonBlocking | (moreFollows ? More : 0);
        int result;
        do result = Libc.Check(splice(from, null, to, null, octets, flags));
        while (result == -Errno.Interrupted);
        return result;
    }

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int pipe2(int* pair, int flags);

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int fcntl(int descriptor, int command, nint argument);

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial nint splice(int from, long* fromOffset, int to, long* toOffset, nint length, uint flags);

    private const int SetPipeSize = 1031;
    private const uint Move = 1;
    private const uint NonBlocking = 2;
    private const uint More = 4;
}
