using System.Net.Sockets;

namespace Karez.Sys.Netlink;

/// <summary>
/// Links, addresses, routes, rules and neighbours of the network namespace that the thread is in when this is opened
/// (rtnetlink(7)). Each call returns 0 or minus errno, the kernel's own answer. For one thread at a time.
/// </summary>
public sealed partial class Rtnetlink : IDisposable
{
    private readonly NetlinkSocket _socket;

    private Rtnetlink(NetlinkSocket socket) => _socket = socket;

    /// <summary>Opens it.</summary>
    /// <returns>0, or minus errno.</returns>
    public static int Open(out Rtnetlink? opened)
    {
        var result = NetlinkSocket.Open(0, PatienceMilliseconds, out var socket);
        opened = socket is null ? null : new Rtnetlink(socket);
        return result;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    /// <summary>Dumps until nothing changed in between, three times at most.</summary>
    private int Dump(ushort type, int size, NetlinkSocket.Visitor visitor, Action restart)
    {
        Span<byte> buffer = stackalloc byte[64];
        var result = 0;
        for (var attempt = 0; attempt < 3; attempt++)
        {
            restart();
            var writer = new NetlinkWriter(buffer, type, 0);
            _ = writer.Fixed(size);
            result = _socket.Dump(writer.Message, visitor);
            if (result != -Errno.Interrupted)
                return result;
        }

        return result;
    }

    private static byte Number(AddressFamily family) =>
        (byte)(family == AddressFamily.InterNetworkV6
            ? SocketAddresses.InterNetworkV6
            : SocketAddresses.InterNetwork);

    private static AddressFamily? Family(byte number) => number switch
    {
        SocketAddresses.InterNetwork => AddressFamily.InterNetwork,
        SocketAddresses.InterNetworkV6 => AddressFamily.InterNetworkV6,
        _ => null,
    };

    private const int PatienceMilliseconds = 2000;
    private const int MessageSize = 256;
    private const ushort Create = 0x400;
    private const ushort Exclusive = 0x200;
}
