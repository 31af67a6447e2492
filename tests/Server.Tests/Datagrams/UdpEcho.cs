using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Karez.Server.Tests.Datagrams;

/// <summary>Answers every datagram with itself, and remembers who sent.</summary>
internal sealed class UdpEcho : IAsyncDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Task _running;

    public UdpEcho(string address = "127.0.0.1")
    {
        _socket.ReceiveBufferSize = 4 << 20;
        _socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
        _running = RunAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    public ConcurrentQueue<IPEndPoint> Senders { get; } = new();

    public bool IsSilent { get; set; }

    public void Send(ReadOnlySpan<byte> payload, IPEndPoint to) => _socket.SendTo(payload, to);

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _running;
    }

    private async Task RunAsync()
    {
        var buffer = new byte[65536];
        try
        {
            while (true)
            {
                var got = await _socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
                Senders.Enqueue((IPEndPoint)got.RemoteEndPoint);
                if (!IsSilent)
                    await _socket.SendToAsync(buffer.AsMemory(0, got.ReceivedBytes), got.RemoteEndPoint);
            }
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
            // The end.
        }
    }
}
