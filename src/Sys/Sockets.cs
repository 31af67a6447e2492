using System.Net;
using System.Runtime.InteropServices;

namespace Karez.Sys;

/// <summary>socket(2) and what follows: every descriptor made here is non-blocking and closed on exec.</summary>
public static unsafe partial class Sockets
{
    /// <summary>A TCP or Unix stream socket of the end point's family.</summary>
    public static int OpenStream(EndPoint endPoint) =>
        Libc.Check(socket(SocketAddresses.FamilyOf(endPoint), Stream | Flags, 0));

    /// <summary>A UDP socket of the end point's family.</summary>
    public static int OpenDatagram(EndPoint endPoint) =>
        Libc.Check(socket(SocketAddresses.FamilyOf(endPoint), Datagram | Flags, 0));

    /// <summary>Two connected Unix stream sockets.</summary>
    public static int OpenPair(out int first, out int second)
    {
        var pair = stackalloc int[2];
        var result = Libc.Check(socketpair(SocketAddresses.Unix, Stream | Flags, 0, pair));
        (first, second) = (pair[0], pair[1]);
        return result;
    }

    /// <summary>bind(2).</summary>
    public static int Bind(int descriptor, EndPoint endPoint)
    {
        Span<byte> address = stackalloc byte[SocketAddresses.MaxSize];
        var length = SocketAddresses.Encode(endPoint, address);
        if (length == 0) return -Errno.Invalid;
        fixed (byte* start = address)
            return Libc.Check(bind(descriptor, start, length));
    }

    /// <summary>listen(2).</summary>
    public static int Listen(int descriptor, int backlog) => Libc.Check(listen(descriptor, backlog));

    /// <summary>accept4(2); <paramref name="length"/> octets of <paramref name="address"/> are the peer's.</summary>
    public static int Accept(int descriptor, Span<byte> address, out int length)
    {
        fixed (byte* start = address)
        {
            int result, size;
            do
            {
                size = address.Length;
                result = Libc.Check(accept4(descriptor, start, &size, Flags));
            }
            while (result == -Errno.Interrupted);
            length = result < 0 ? 0 : Math.Min(size, address.Length);
            return result;
        }
    }

    /// <summary>connect(2): 0, or minus EINPROGRESS (also when interrupted), or minus the fault.</summary>
    public static int Connect(int descriptor, EndPoint endPoint)
    {
        Span<byte> address = stackalloc byte[SocketAddresses.MaxSize];
        var length = SocketAddresses.Encode(endPoint, address);
        if (length == 0) return -Errno.Invalid;
        fixed (byte* start = address)
        {
            var result = Libc.Check(connect(descriptor, start, length));
            return result == -Errno.Interrupted ? -Errno.InProgress : result;
        }
    }

    /// <summary>Sends FIN after what was written.</summary>
    public static int ShutdownWrite(int descriptor) => Libc.Check(shutdown(descriptor, 1));

    /// <summary>getsockname(2); null where the socket has no name.</summary>
    public static EndPoint? LocalEndPoint(int descriptor)
    {
        Span<byte> address = stackalloc byte[SocketAddresses.MaxSize];
        var length = address.Length;
        fixed (byte* start = address)
            return getsockname(descriptor, start, &length) < 0 ? null : SocketAddresses.Decode(address[..length]);
    }

    /// <summary>getpeername(2); null where there is no peer, or a nameless one.</summary>
    public static EndPoint? RemoteEndPoint(int descriptor)
    {
        Span<byte> address = stackalloc byte[SocketAddresses.MaxSize];
        var length = address.Length;
        fixed (byte* start = address)
            return getpeername(descriptor, start, &length) < 0 ? null : SocketAddresses.Decode(address[..length]);
    }

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int socketpair(int family, int type, int protocol, int* pair);

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int bind(int descriptor, byte* address, int length);

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int listen(int descriptor, int backlog);

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int accept4(int descriptor, byte* address, int* length, int flags);

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int connect(int descriptor, byte* address, int length);

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int shutdown(int descriptor, int how);

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int getsockname(int descriptor, byte* address, int* length);

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int getpeername(int descriptor, byte* address, int* length);

    private const int Stream = 1;
    private const int Datagram = 2;
    private const int Flags = 0x80000 | 0x800; // SOCK_CLOEXEC | SOCK_NONBLOCK
}
