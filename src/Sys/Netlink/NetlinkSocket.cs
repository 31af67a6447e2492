using System.Runtime.InteropServices;

namespace Karez.Sys.Netlink;

/// <summary>
/// A netlink socket (netlink(7)), for routing if nothing else is said, of the namespace that the calling thread is in:
/// requests that are acknowledged, dumps, and notices of changes. It blocks, two seconds at most; it is for control,
/// never for traffic.
/// </summary>
internal sealed unsafe partial class NetlinkSocket : IDisposable
{
    internal delegate void Visitor(ushort type, ReadOnlySpan<byte> body);

    private readonly byte[] _input = new byte[BufferSize];
    private int _descriptor;
    private uint _sequence;

    private NetlinkSocket(int descriptor) => _descriptor = descriptor;

    /// <summary>NETLINK_ROUTE.</summary>
    public const int Route = 0;

    /// <summary>NETLINK_NETFILTER.</summary>
    public const int Netfilter = 12;

    /// <summary>Opens a socket; <paramref name="groups"/> are the notices to get, a bit for each.</summary>
    /// <returns>0, or minus errno.</returns>
    public static int Open(
        uint groups, int timeoutMilliseconds, out NetlinkSocket? opened, int protocol = Route)
    {
        opened = null;
        var descriptor = Libc.Check(socket(Family, Raw | CloseOnExec, protocol));
        if (descriptor < 0) return descriptor;
        var address = stackalloc byte[12];
        new Span<byte>(address, 12).Clear();
        *(ushort*)address = Family;
        *(uint*)(address + 8) = groups;
        var time = stackalloc long[2] { timeoutMilliseconds / 1000, timeoutMilliseconds % 1000 * 1000L };
        var result = Libc.Check(bind(descriptor, address, 12));
        if (result >= 0) result = Libc.Check(setsockopt(descriptor, SocketLevel, ReceiveTimeout, time, 16));
        if (result < 0) _ = Descriptors.Close(descriptor);
        else opened = new NetlinkSocket(descriptor);
        return result;
    }

    /// <summary>Sends a request and waits for its acknowledgement.</summary>
    /// <returns>0, or minus errno: the kernel's answer.</returns>
    public int Request(Span<byte> message) => Exchange(message, Acknowledge, null);

    /// <summary>Asks for everything of a kind; the visitor gets each message's type and its body.</summary>
    /// <returns>0, or minus errno; minus EINTR when the table changed meanwhile: the dump is worth nothing.</returns>
    public int Dump(Span<byte> message, Visitor visitor) => Exchange(message, DumpFlags, visitor);

    /// <summary>Reads one batch of notices.</summary>
    /// <returns>How many; minus EAGAIN when none came in time; minus ENOBUFS when some were lost.</returns>
    public int Receive(Visitor visitor)
    {
        var length = Sockets.Receive(_descriptor, _input);
        if (length < 0) return length;
        var count = 0;
        for (var rest = _input.AsSpan(0, length); TryTake(ref rest, out _, out var type, out _, out var body); count++)
            visitor(type, body);
        return count;
    }

    public void Dispose()
    {
        var descriptor = Interlocked.Exchange(ref _descriptor, -1);
        if (descriptor >= 0) _ = Descriptors.Close(descriptor);
    }

    private int Exchange(Span<byte> message, ushort flags, Visitor? visitor)
    {
        var sequence = ++_sequence;
        BitConverter.TryWriteBytes(message[6..], (ushort)(BitConverter.ToUInt16(message[6..]) | IsRequest | flags));
        BitConverter.TryWriteBytes(message[8..], sequence);
        var sent = Sockets.Send(_descriptor, message);
        if (sent < 0) return sent;
        var interrupted = false;
        while (true)
        {
            var length = Sockets.Receive(_descriptor, _input);
            if (length < 0) return length;
            var rest = _input.AsSpan(0, length);
            while (TryTake(ref rest, out var answered, out var type, out var messageFlags, out var body))
            {
                if (answered != sequence) continue; // Left of a request that was given up.
                interrupted |= (messageFlags & DumpInterrupted) != 0;
                if (type == ErrorType) return body.Length >= 4 ? BitConverter.ToInt32(body) : -Errno.Protocol;
                if (type == DoneType) return interrupted ? -Errno.Interrupted : 0;
                visitor?.Invoke(type, body);
            }
        }
    }

    private static bool TryTake(
        ref Span<byte> rest, out uint sequence, out ushort type, out ushort flags, out ReadOnlySpan<byte> body)
    {
        (sequence, type, flags) = (0, 0, 0);
        body = default;
        if (rest.Length < NetlinkWriter.HeaderSize) return false;
        var length = BitConverter.ToInt32(rest);
        if (length < NetlinkWriter.HeaderSize || length > rest.Length) return false;
        type = BitConverter.ToUInt16(rest[4..]);
        flags = BitConverter.ToUInt16(rest[6..]);
        sequence = BitConverter.ToUInt32(rest[8..]);
        body = rest[NetlinkWriter.HeaderSize..length];
        rest = rest[Math.Min(NetlinkWriter.Aligned(length), rest.Length)..];
        return true;
    }

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int bind(int descriptor, byte* address, int length);

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int setsockopt(int descriptor, int level, int option, void* value, int length);

    private const int Family = 16; // AF_NETLINK
    private const int Raw = 3;
    private const int CloseOnExec = 0x80000;
    private const int SocketLevel = 1;
    private const int ReceiveTimeout = 20; // SO_RCVTIMEO with a time of two words; .NET runs on 64 bits here.
    private const int BufferSize = 64 << 10; // The kernel writes dumps in pieces of at most 32 KiB.
    private const ushort IsRequest = 1;
    private const ushort Acknowledge = 4;
    private const ushort DumpFlags = 0x300;
    private const ushort DumpInterrupted = 0x10;
    private const ushort ErrorType = 2;
    private const ushort DoneType = 3;
}
