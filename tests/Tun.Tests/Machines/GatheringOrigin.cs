using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Karez.Tun.Tests.Machines;

/// <summary>
/// An HTTP server that answers nobody until so many requests are there at once, and then all: downloads through it are
/// under way together, whatever the machine's load.
/// </summary>
internal sealed class GatheringOrigin : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly int _count;
    private readonly byte[] _page;
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Task> _serving = [];
    private readonly Task _accepting;
    private int _waiting;

    private GatheringOrigin(TcpListener listener, int count, int octets)
    {
        (_listener, _count) = (listener, count);
        var head = $"HTTP/1.1 200 OK\r\nContent-Length: {octets}\r\nConnection: close\r\n\r\n";
        _page = [.. Encoding.ASCII.GetBytes(head), .. new byte[octets]];
        _accepting = AcceptAsync();
    }

    /// <summary>Requests that came so far.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Starts it; in the machine's namespace.</summary>
    public static GatheringOrigin Start(IPEndPoint at, int count, int octets)
    {
        var listener = new TcpListener(at);
        listener.Start(count);
        return new GatheringOrigin(listener, count, octets);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        _all.TrySetCanceled();
        await _accepting;
        await Task.WhenAll(_serving);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync()));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The end.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
                while (await reader.ReadLineAsync() is { Length: > 0 })
                {
                }

                if (Interlocked.Increment(ref _waiting) == _count)
                    _all.SetResult();
                await _all.Task;
                await stream.WriteAsync(_page);
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException)
            {
                // The program gave up, or the test.
            }
        }
    }
}
