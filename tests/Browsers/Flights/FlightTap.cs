using System.Net;
using System.Net.Sockets;
using Karez.Observe;

namespace Karez.Browsers.Flights;

/// <summary>A relay on loopback that notes the first records of every connection.</summary>
internal sealed class FlightTap : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<FirstRecords> _seen = [];
    private readonly Task _accepting;

    public FlightTap(IPEndPoint target)
    {
        _listener.Start(512);
        _accepting = AcceptAsync(target, _stop.Token);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Waits for connections on which the client asked for something and had an answer.</summary>
    public async Task<List<FirstRecords>> WaitAsync(int count, CancellationToken cancellationToken)
    {
        while (true)
        {
            lock (_seen)
            {
                // Browsers open spares that stay idle: three records say that a connection is used.
                var used = _seen.Where(flow => flow[Direction.ClientToServer].Count >= 3
                    && flow[Direction.ServerToClient].Count >= 3).ToList();
                if (used.Count >= count)
                    return used;
            }

            await Task.Delay(100, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync(IPEndPoint target, CancellationToken cancellationToken)
    {
        var passing = new List<Task>();
        try
        {
            while (true)
                passing.Add(PassAsync(await _listener.AcceptSocketAsync(cancellationToken), target, cancellationToken));
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(passing);
        }
    }

    private async Task PassAsync(Socket client, IPEndPoint target, CancellationToken cancellationToken)
    {
        using var near = client;
        using var far = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.NoDelay = true;
        var flow = new FirstRecords();
        lock (_seen)
            _seen.Add(flow);
        try
        {
            await far.ConnectAsync(target, cancellationToken);
            await Task.WhenAll(
                PumpAsync(near, far, flow, Direction.ClientToServer, cancellationToken),
                PumpAsync(far, near, flow, Direction.ServerToClient, cancellationToken));
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException)
        {
            // One end went away.
        }
    }

    private async Task PumpAsync(
        Socket from, Socket to, FirstRecords flow, Direction direction, CancellationToken cancellationToken)
    {
        var block = new byte[1 << 16];
        while (await from.ReceiveAsync(block, cancellationToken) is > 0 and var length)
        {
            lock (_seen)
                flow.Feed(direction, block.AsSpan(0, length));
            await to.SendAsync(block.AsMemory(0, length), cancellationToken);
        }

        to.Shutdown(SocketShutdown.Send);
    }
}
