using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Karez.Tun.Tests.Machines;

/// <summary>Answers every datagram with itself, and remembers who sent.</summary>
internal sealed class Echo : IDisposable
{
    private readonly Socket _socket;

    /// <summary>Binds; call it where the socket is to be.</summary>
    public Echo(IPEndPoint local)
    {
        _socket = new Socket(local.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4 << 20 };
        _socket.Bind(local);
    }

    public IPEndPoint EndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    public ConcurrentQueue<IPEndPoint> Senders { get; } = new();

    public ConcurrentQueue<int> Lengths { get; } = new();

    public void Send(ReadOnlySpan<byte> payload, IPEndPoint to) => _socket.SendTo(payload, to);

    public Echo Start()
    {
        var thread = new Thread(Run) { IsBackground = true, Name = "echo" };
        thread.Start();
        return this;
    }

    public void Dispose() => _socket.Dispose();

    private void Run()
    {
        var buffer = new byte[65536];
        EndPoint any = new IPEndPoint(
            _socket.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        try
        {
            while (true)
            {
                var from = any;
                var length = _socket.ReceiveFrom(buffer, ref from);
                Senders.Enqueue((IPEndPoint)from);
                Lengths.Enqueue(length);
                _socket.SendTo(buffer.AsSpan(0, length), SocketFlags.None, from);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The end.
        }
    }
}
