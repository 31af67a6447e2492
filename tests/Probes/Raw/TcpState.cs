using System.Net.Sockets;

namespace Karez.Probes.Raw;

/// <summary>Reads the kernel's view of a TCP connection (Linux TCP_INFO, tcp(7)).</summary>
public static class TcpState
{
    /// <summary>
    /// True when the connection is in CLOSE: after a FIN from the peer that is how a RST shows, since reads only
    /// repeat the end of the stream.
    /// </summary>
    public static bool IsClosed(Socket socket)
    {
        Span<byte> info = stackalloc byte[8];
        try
        {
            return socket.GetRawSocketOption(IpProtoTcp, TcpInfo, info) > 0 && info[0] == Close;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return true;
        }
    }

    /// <summary>Ends the connection with RST instead of FIN.</summary>
    public static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // already gone: nothing left to reset
        }

        socket.Dispose();
    }

    private const int IpProtoTcp = 6;
    private const int TcpInfo = 11;
    private const byte Close = 7;
}
