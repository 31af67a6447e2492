using System.Net;
using System.Net.Sockets;

namespace Karez.Server.Tests;

/// <summary>A place on the way to a node: counts what passes, or ends every connection where nobody is.</summary>
internal sealed class CountedPath : IDisposable
{
    private readonly TcpListener _listener;
    private readonly IPEndPoint? _node;
    private readonly TimeSpan _slower;
    private long _octets;
    private int _connections;

    /// <param name="node">The node; null ends each connection after its first octets.</param>
    /// <param name="at">This machine's address at which it is; null for the first of loopback.</param>
    /// <param name="slower">How much longer a connection takes by this way.</param>
    public CountedPath(IPEndPoint? node, IPAddress? at = null, TimeSpan slower = default)
    {
        (_node, _slower, _listener) = (node, slower, new TcpListener(at ?? IPAddress.Loopback, 0));
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Connections so far.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Octets so far, both ways.</summary>
    public long Octets => Volatile.Read(ref _octets);

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var caller = await _listener.AcceptTcpClientAsync();
                Interlocked.Increment(ref _connections);
                _ = CarryAsync(caller);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Disposed.
        }
    }

    private async Task CarryAsync(TcpClient caller)
    {
        using var node = new TcpClient();
        using (caller)
        {
            try
            {
                if (_node is null)
                {
                    Interlocked.Add(ref _octets, await caller.GetStream().ReadAsync(new byte[16_384]));
                    return;
                }

                await Task.Delay(_slower);
                await node.ConnectAsync(_node);
                await Task.WhenAll(CopyAsync(caller, node), CopyAsync(node, caller));
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
            {
                // One side left.
            }
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to)
    {
        var buffer = new byte[16_384];
        for (int length; (length = await from.GetStream().ReadAsync(buffer)) > 0;)
        {
            Interlocked.Add(ref _octets, length);
            await to.GetStream().WriteAsync(buffer.AsMemory(0, length));
        }

        to.Client.Shutdown(SocketShutdown.Send);
    }
}
