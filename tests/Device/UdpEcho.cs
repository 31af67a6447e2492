using System.Net;
using System.Net.Sockets;
using Karez.Beds;

namespace Karez.Device.Tests;

/// <summary>Answers every datagram with itself, and remembers who sent.</summary>
internal sealed class UdpEcho : IDisposable
{
    private readonly Socket _socket;
    private readonly List<IPEndPoint> _senders = [];

    private UdpEcho(Socket socket) => _socket = socket;

    public IPEndPoint EndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    public IReadOnlyList<IPEndPoint> Senders
    {
        get
        {
            lock (_senders)
                return [.. _senders];
        }
    }

    public static UdpEcho Start(Machine machine, string endPoint)
    {
        var echo = new UdpEcho(machine.Enter(() =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(IPEndPoint.Parse(endPoint));
            return socket;
        }));
        new Thread(echo.Run) { IsBackground = true, Name = "echo" }.Start();
        return echo;
    }

    public void Dispose() => _socket.Dispose();

    private void Run()
    {
        var buffer = new byte[65_536];
        try
        {
            while (true)
            {
                EndPoint from = new IPEndPoint(IPAddress.Any, 0);
                var length = _socket.ReceiveFrom(buffer, ref from);
                lock (_senders)
                    _senders.Add((IPEndPoint)from);
                _socket.SendTo(buffer.AsSpan(0, length), from);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The end.
        }
    }
}
