using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Karez.Sys;

/// <summary>epoll(7).</summary>
public static unsafe partial class Epoll
{
    /// <summary>EPOLLIN.</summary>
    public const uint In = 0x001;

    /// <summary>EPOLLPRI: urgent data.</summary>
    public const uint Urgent = 0x002;

    /// <summary>EPOLLOUT.</summary>
    public const uint Out = 0x004;

    /// <summary>EPOLLERR.</summary>
    public const uint Error = 0x008;

    /// <summary>EPOLLHUP: both directions are over.</summary>
    public const uint HangUp = 0x010;

    /// <summary>EPOLLRDHUP: the peer has finished writing.</summary>
    public const uint PeerFinished = 0x2000;

    /// <summary>EPOLLET.</summary>
    public const uint Edge = 1u << 31;

    /// <summary>Makes an instance, closed on exec.</summary>
    public static int Create() => Libc.Check(epoll_create1(CloseOnExec));

    /// <summary>Registers a descriptor with the 64 bits that its events will carry.</summary>
    public static int Add(int epoll, int descriptor, uint events, ulong data) =>
        Control(epoll, ControlAdd, descriptor, events, data);

    /// <summary>Changes what a registered descriptor waits for.</summary>
    public static int Modify(int epoll, int descriptor, uint events, ulong data) =>
        Control(epoll, ControlModify, descriptor, events, data);

    /// <summary>Takes a descriptor out.</summary>
    public static int Remove(int epoll, int descriptor) => Control(epoll, ControlRemove, descriptor, 0, 0);

    /// <summary>
    /// Waits at most <paramref name="milliseconds"/> (-1: for ever), fills <paramref name="ready"/> with at most
    /// <see cref="BatchLimit"/> events and returns their number. An interrupted wait counts as nothing ready.
    /// </summary>
    [SkipLocalsInit] // zeroing 2 KB with every wait is seen in profiles
    public static int Wait(int epoll, Span<ReadyEvent> ready, int milliseconds)
    {
        var raw = stackalloc byte[BatchLimit * LargestStride];
        var count = Libc.Check(epoll_wait(epoll, raw, Math.Min(ready.Length, BatchLimit), milliseconds));
        if (count == -Errno.Interrupted) return 0;
        for (var i = 0; i < count; i++)
        {
            var at = raw + (i * s_stride);
            ready[i] = new ReadyEvent(*(uint*)at, *(ulong*)(at + s_dataOffset));
        }

        return count;
    }

    private static int Control(int epoll, int operation, int descriptor, uint events, ulong data)
    {
        var raw = stackalloc byte[LargestStride];
        *(uint*)raw = events;
        *(ulong*)(raw + s_dataOffset) = data;
        return Libc.Check(epoll_ctl(epoll, operation, descriptor, raw));
    }

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int epoll_ctl(int epoll, int operation, int descriptor, byte* @event);

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int epoll_wait(int epoll, byte* events, int limit, int milliseconds);

    // struct epoll_event is packed on x86-64 and naturally aligned elsewhere.
    private static readonly bool s_packed = RuntimeInformation.ProcessArchitecture == Architecture.X64;
    private static readonly int s_stride = s_packed ? 12 : LargestStride;
    private static readonly int s_dataOffset = s_packed ? 4 : 8;

    /// <summary>The most events one <see cref="Wait"/> returns; our choice.</summary>
    public const int BatchLimit = 128;

    private const int LargestStride = 16;
    private const int CloseOnExec = 0x80000;
    private const int ControlAdd = 1;
    private const int ControlRemove = 2;
    private const int ControlModify = 3;
}
