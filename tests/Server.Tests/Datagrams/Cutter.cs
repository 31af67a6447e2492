using System.Net;
using System.Net.Sockets;

namespace Karez.Server.Tests.Datagrams;

/// <summary>A path to the node that can break: all connections at once, with RST.</summary>
internal sealed class Cutter : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly IPEndPoint _node;
    private readonly List<Socket> _sockets = [];
    private readonly List<Task> _running = [];

    public Cutter(IPEndPoint node)
    {
        _node = node;
        _listener.Start();
        _running.Add(AcceptAsync());
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Connections { get; private set; }

    public void Cut()
    {
        lock (_sockets)
        {
            foreach (var socket in _sockets)
            {
                socket.LingerState = new LingerOption(true, 0);
                socket.Dispose();
            }

            _sockets.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        Cut();
        await Task.WhenAll(_running.ToArray());
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync();
                var node = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await node.ConnectAsync(_node);
                Connections++;
                lock (_sockets)
                    _sockets.AddRange([client, node]);
                _running.Add(CopyAsync(client, node));
                _running.Add(CopyAsync(node, client));
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private static async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[65536];
        try
        {
            int count;
            while ((count = await from.ReceiveAsync(buffer)) > 0)
                await to.SendAsync(buffer.AsMemory(0, count));
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Cut.
        }
    }
}
