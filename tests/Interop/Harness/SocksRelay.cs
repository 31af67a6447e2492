using System.Net;
using System.Net.Sockets;

namespace Karez.Interop.Harness;

/// <summary>The UDP half of a SOCKS5 port.</summary>
internal static class SocksRelay
{
    /// <summary>Asks for a UDP relay by RFC 1928 and learns its place.</summary>
    /// <param name="control">A connection of the caller's that keeps the relay alive.</param>
    /// <param name="port">Where SOCKS5 is served.</param>
    public static async Task<IPEndPoint> AssociateAsync(TcpClient control, int port)
    {
        await control.ConnectAsync(IPAddress.Loopback, port);
        var stream = control.GetStream();
        await stream.WriteAsync((byte[])[5, 1, 0]);
        var reply = new byte[10];
        await stream.ReadExactlyAsync(reply.AsMemory(0, 2));
        await stream.WriteAsync((byte[])[5, 3, 0, 1, 0, 0, 0, 0, 0, 0]);
        await stream.ReadExactlyAsync(reply);
        Assert.Equal([5, 0, 0, 1], reply[..4]);
        return new IPEndPoint(IPAddress.Loopback, (reply[8] << 8) | reply[9]);
    }
}
