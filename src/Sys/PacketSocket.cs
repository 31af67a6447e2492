using System.Runtime.InteropServices;

namespace Karez.Sys;

/// <summary>packet(7): raw frames of every interface of the namespace in which the socket is opened.</summary>
public static unsafe partial class PacketSocket
{
    /// <summary>ETH_P_IP.</summary>
    public const ushort IPv4 = 0x0800;

    /// <summary>
    /// Opens a socket for the frames of one protocol that come in on any interface (what goes out is not seen), with
    /// the kernel's receive times. Non-blocking, closed on exec; needs CAP_NET_RAW.
    /// </summary>
    /// <param name="protocol">The EtherType.</param>
    /// <param name="buffer">Octets of receive buffer; above the system's limit with CAP_NET_ADMIN.</param>
    /// <returns>The descriptor, or minus errno.</returns>
    public static int Open(ushort protocol, int buffer)
    {
        var wire = BitConverter.IsLittleEndian ? (ushort)((protocol << 8) | (protocol >> 8)) : protocol;
        var descriptor = Libc.Check(socket(Family, Raw | Flags, wire));
        if (descriptor < 0)
            return descriptor;
        var result = Set(descriptor, PacketLevel, IgnoreOutgoing, 1);
        if (result >= 0)
            result = Set(descriptor, SocketLevel, TimestampNanoseconds, 1);
        if (result >= 0)
            result = Set(descriptor, SocketLevel, ReceiveBufferForce, buffer);
        if (result >= 0)
            result = Set(descriptor, SocketLevel, SendBufferForce, buffer);
        if (result >= 0)
            return descriptor;
        Descriptors.Close(descriptor);
        return result;
    }

    /// <summary>Frames that the kernel had no room for since the last call; or minus errno.</summary>
    public static int TakeDrops(int descriptor)
    {
        var statistics = stackalloc uint[2]; // tp_packets, tp_drops
        var length = 2 * sizeof(uint);
        var result = Libc.Check(getsockopt(descriptor, PacketLevel, Statistics, statistics, &length));
        return result < 0 ? result : (int)statistics[1];
    }

    /// <summary>Waits until there is something to read or the time is over (ppoll(2)).</summary>
    /// <returns>1 when there is, 0 when not, or minus errno.</returns>
    public static int Wait(int descriptor, TimeSpan time)
    {
        var poll = new Poll { Descriptor = descriptor, Events = 1 };
        var span = new Span { Seconds = (long)time.TotalSeconds, Nanoseconds = time.Ticks % 10_000_000 * 100 };
        var result = Libc.Check(ppoll(&poll, 1, &span, null));
        return result == -Errno.Interrupted ? 0 : result;
    }

    internal const int PacketLevel = 263; // SOL_PACKET
    internal const int Family = 17; // AF_PACKET

    private static int Set(int descriptor, int level, int name, int value) =>
        Libc.Check(setsockopt(descriptor, level, name, &value, sizeof(int)));

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int setsockopt(int descriptor, int level, int name, int* value, int length);

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int getsockopt(int descriptor, int level, int name, uint* value, int* length);

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int ppoll(Poll* descriptors, nint count, Span* time, void* mask);

    [StructLayout(LayoutKind.Sequential)]
    private struct Poll
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Span
    {
        public long Seconds;
        public long Nanoseconds;
    }

    private const int Raw = 3;
    private const int Flags = 0x80000 | 0x800; // SOCK_CLOEXEC | SOCK_NONBLOCK
    private const int SocketLevel = 1;
    private const int SendBufferForce = 32; // SO_SNDBUFFORCE
    private const int ReceiveBufferForce = 33; // SO_RCVBUFFORCE
    private const int TimestampNanoseconds = 35; // SO_TIMESTAMPNS
    private const int Statistics = 6; // PACKET_STATISTICS
    private const int IgnoreOutgoing = 23; // PACKET_IGNORE_OUTGOING
}
