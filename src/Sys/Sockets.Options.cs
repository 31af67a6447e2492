using System.Runtime.InteropServices;

namespace Karez.Sys;

/// <content>Options.</content>
public static unsafe partial class Sockets
{
    /// <summary>SO_REUSEADDR.</summary>
    public static int SetReuseAddress(int descriptor) => Set(descriptor, SocketLevel, 2, 1);

    /// <summary>IPV6_V6ONLY.</summary>
    public static int SetIPv6Only(int descriptor, bool only) => Set(descriptor, IPv6Level, 26, only ? 1 : 0);

    /// <summary>TCP_NODELAY.</summary>
    public static int SetNoDelay(int descriptor) => Set(descriptor, TcpLevel, 1, 1);

    /// <summary>TCP_USER_TIMEOUT, in milliseconds: how long written octets may stay unacknowledged.</summary>
    public static int SetUserTimeout(int descriptor, int milliseconds) => Set(descriptor, TcpLevel, 18, milliseconds);

    /// <summary>SO_KEEPALIVE with TCP_KEEPIDLE and TCP_KEEPINTVL, in seconds.</summary>
    public static int SetKeepAlive(int descriptor, int idle, int interval)
    {
        var result = Set(descriptor, SocketLevel, 9, 1);
        if (result < 0) return result;
        result = Set(descriptor, TcpLevel, 4, idle);
        return result < 0 ? result : Set(descriptor, TcpLevel, 5, interval);
    }

    /// <summary>SO_MARK; needs CAP_NET_ADMIN.</summary>
    public static int SetMark(int descriptor, uint mark) => Set(descriptor, SocketLevel, 36, unchecked((int)mark));

    /// <summary>IP_BIND_ADDRESS_NO_PORT: a bound source address does not use up a port of its own.</summary>
    public static int SetBindAddressNoPort(int descriptor) => Set(descriptor, IPLevel, 24, 1);

    /// <summary>SO_RCVLOWAT: how many octets have to be there before a socket counts as readable.</summary>
    public static int SetReceiveLowMark(int descriptor, int octets) => Set(descriptor, SocketLevel, 18, octets);

    /// <summary>SO_RCVBUF.</summary>
    public static int SetReceiveBuffer(int descriptor, int octets) => Set(descriptor, SocketLevel, 8, octets);

    /// <summary>SO_SNDBUF.</summary>
    public static int SetSendBuffer(int descriptor, int octets) => Set(descriptor, SocketLevel, 7, octets);

    /// <summary>SO_LINGER of zero seconds: the next close sends RST.</summary>
    public static int SetResetOnClose(int descriptor)
    {
        var linger = stackalloc int[2] { 1, 0 };
        return Libc.Check(setsockopt(descriptor, SocketLevel, 13, linger, 2 * sizeof(int)));
    }

    /// <summary>SO_ERROR: reads and clears the pending error, as a positive errno.</summary>
    public static int TakeError(int descriptor)
    {
        int error;
        var length = sizeof(int);
        return getsockopt(descriptor, SocketLevel, 4, &error, &length) < 0 ? Marshal.GetLastPInvokeError() : error;
    }

    /// <summary>SO_PEERCRED of a Unix socket.</summary>
    public static int GetPeerCredentials(int descriptor, out PeerCredentials credentials)
    {
        var raw = stackalloc int[3];
        var length = 3 * sizeof(int);
        var result = Libc.Check(getsockopt(descriptor, SocketLevel, 17, raw, &length));
        credentials = new PeerCredentials(raw[0], (uint)raw[1], (uint)raw[2]);
        return result;
    }

    /// <summary>Sets the mode that the file of a Unix socket gets when it is bound.</summary>
    public static int SetMode(int descriptor, UnixFileMode mode) => Libc.Check(fchmod(descriptor, (uint)mode));

    private static int Set(int descriptor, int level, int option, int value) =>
        Libc.Check(setsockopt(descriptor, level, option, &value, sizeof(int)));

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int setsockopt(int descriptor, int level, int option, void* value, int length);

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int getsockopt(int descriptor, int level, int option, void* value, int* length);

    [LibraryImport(Libc.Name, SetLastError = true)]
    private static partial int fchmod(int descriptor, uint mode);

    private const int SocketLevel = 1;
    private const int IPLevel = 0;
    private const int TcpLevel = 6;
    private const int IPv6Level = 41;
}
