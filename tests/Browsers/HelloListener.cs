using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Karez.Observe;

namespace Karez.Browsers;

/// <summary>Accepts connections on loopback, keeps the hello of each, and closes them unanswered.</summary>
internal sealed class HelloListener : IAsyncDisposable
{
    private const int MaxFlight = 1 << 15;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<Visit> _visits = new();
    private readonly Task _accepting;

    public HelloListener()
    {
        _listener.Start(512);
        _accepting = AcceptAsync(_stop.Token);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The first visit to each name under a suffix, once there are enough.</summary>
    /// <remarks>A browser tries a name again when a try failed, and may then offer less.</remarks>
    public async Task<List<Visit>> FirstVisitsAsync(string suffix, int count, CancellationToken cancellationToken)
    {
        while (true)
        {
            var named = _visits.Where(
                visit => visit.Hello.ServerName?.EndsWith(suffix, StringComparison.Ordinal) == true);
            var first = named.DistinctBy(visit => visit.Hello.ServerName).ToList();
            if (first.Count >= count)
                return first;
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

    private async Task AcceptAsync(CancellationToken cancellationToken)
    {
        var serving = new List<Task>();
        try
        {
            while (true)
                serving.Add(ServeAsync(await _listener.AcceptSocketAsync(cancellationToken), cancellationToken));
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(Socket socket, CancellationToken cancellationToken)
    {
        using var _ = socket;
        var block = new byte[MaxFlight];
        var reads = new List<int>();
        var filled = 0;
        try
        {
            while (filled < block.Length)
            {
                var read = await socket.ReceiveAsync(block.AsMemory(filled), cancellationToken);
                if (read == 0)
                    return;
                filled += read;
                reads.Add(read);
                if (HelloFields.TryParseStream(block.AsSpan(0, filled), out var hello))
                {
                    var records = new List<RecordSight>();
                    new RecordSplitter().Feed(block.AsSpan(0, filled), records);
                    _visits.Enqueue(new Visit(hello!, records, reads));
                    return;
                }
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException)
        {
            // A connection that ends before its hello is no visit.
        }
    }
}
