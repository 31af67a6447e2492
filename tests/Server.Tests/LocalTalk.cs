using System.Net;
using System.Net.Sockets;
using System.Text;
using Karez.Client;

namespace Karez.Server.Tests;

/// <summary>A local program that says octets to the client and hears the answer, however it ends.</summary>
internal static class LocalTalk
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Asks for a SOCKS5 connection; the reply, and whether it ended without another octet.</summary>
    public static async Task<(byte Reply, bool Ended)> SocksAsync(LocalProxy client, string host, int port)
    {
        using var socket = await ConnectAsync(client);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(new byte[] { 5, 1, 0 });
        await stream.ReadExactlyAsync(new byte[2]).AsTask().WaitAsync(Patience);
        var name = Encoding.ASCII.GetBytes(host);
        byte[] address = IPAddress.TryParse(host, out var numeric)
            ? [1, .. numeric.GetAddressBytes()]
            : [3, (byte)name.Length, .. name];
        await stream.WriteAsync((byte[])[5, 1, 0, .. address, (byte)(port >> 8), (byte)port]);
        var reply = new byte[10];
        await stream.ReadExactlyAsync(reply).AsTask().WaitAsync(Patience);
        return (reply[1], await EndsAsync(stream));
    }

    /// <summary>Says a request of HTTP; the status line.</summary>
    public static async Task<string> HttpAsync(LocalProxy client, string request)
    {
        using var socket = await ConnectAsync(client);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{request} HTTP/1.1\r\nHost: x\r\n\r\n"));
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return await reader.ReadLineAsync().WaitAsync(Patience) ?? "";
    }

    private static async Task<Socket> ConnectAsync(LocalProxy client)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(client.Listening);
        return socket;
    }

    private static async Task<bool> EndsAsync(NetworkStream stream)
    {
        try
        {
            return await stream.ReadAsync(new byte[1]).AsTask().WaitAsync(TimeSpan.FromSeconds(3)) == 0;
        }
        catch (TimeoutException)
        {
            return false;
        }
        catch (IOException)
        {
            return true; // reset
        }
    }
}
