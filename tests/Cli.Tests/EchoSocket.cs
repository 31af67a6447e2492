using System.Net;
using System.Net.Sockets;

namespace Karez.Cli.Tests;

/// <summary>Gives every datagram back.</summary>
internal sealed class EchoSocket : IAsyncDisposable
{
    private readonly UdpClient _socket;
    private readonly Task _running;

    public EchoSocket(string address)
    {
        _socket = new UdpClient(new IPEndPoint(IPAddress.Parse(address), 0));
        _running = RunAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_socket.Client.LocalEndPoint!;

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _running;
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                var came = await _socket.ReceiveAsync();
                await _socket.SendAsync(came.Buffer, came.RemoteEndPoint);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The end.
        }
    }
}
