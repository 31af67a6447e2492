using System.Net;
using System.Net.Sockets;

namespace Karez.Server.Tests;

/// <summary>A path to a node that passes everything on until it is told to cut, with RST.</summary>
internal sealed class CuttingPath : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly IPEndPoint _node;
    private readonly List<(Socket Near, Socket Far)> _pairs = [];
    private readonly List<Task> _running = [];

    public CuttingPath(IPEndPoint node)
    {
        _node = node;
        _listener.Start(1024);
        _running.Add(ServeAsync());
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The connection (the first is 1) that is cut once the client has sent more octets than these.</summary>
    public (int Number, int Octets) Cuts { get; set; }

    /// <summary>Connections so far.</summary>
    public int Connections
    {
        get
        {
            lock (_pairs)
                return _pairs.Count;
        }
    }

    /// <summary>Cuts all connections.</summary>
    public void Cut()
    {
        lock (_pairs)
            _pairs.ForEach(Close);
    }

    /// <summary>Cuts the connection with this number.</summary>
    public void Cut(int number)
    {
        lock (_pairs)
            Close(_pairs[number - 1]);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _running[0]; // then no further ones come
        Cut();
        await Task.WhenAll(_running);
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var near = await _listener.AcceptSocketAsync();
                var far = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await far.ConnectAsync(_node);
                int number;
                lock (_pairs)
                {
                    _pairs.Add((near, far));
                    number = _pairs.Count;
                }

                _running.Add(PassAsync(near, far, number));
                _running.Add(PassAsync(far, near, -1));
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task PassAsync(Socket from, Socket to, int number)
    {
        try
        {
            var (buffer, total) = (new byte[65536], 0L);
            int count;
            while ((count = await from.ReceiveAsync(buffer)) > 0)
            {
                total += count;
                if (number == Cuts.Number && total > Cuts.Octets)
                {
                    Close((from, to));
                    return;
                }

                for (var at = 0; at < count;)
                    at += await to.SendAsync(buffer.AsMemory(at, count - at));
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
        }
    }

    private static void Close((Socket Near, Socket Far) pair)
    {
        pair.Near.Close(0);
        pair.Far.Close(0);
    }
}
