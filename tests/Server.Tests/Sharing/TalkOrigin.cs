using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Karez.Server.Tests.Sharing;

/// <summary>
/// An origin that is told what to do: <c>d</c> and a length (i64): sends so many octets and ends; <c>e</c>: sends back
/// what comes; <c>h</c>: takes all until its end, then sends back how much it was (i64); <c>s</c>: reads nothing.
/// </summary>
internal sealed class TalkOrigin : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;
    private long _sent;
    private int _resets;

    /// <param name="at">Where it listens; null for a free port of loopback.</param>
    public TalkOrigin(IPEndPoint? at = null)
    {
        _listener = new TcpListener(at ?? new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Start(1024);
        _serving = ServeAsync();
    }

    public IPEndPoint At => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Octets of downloads that the kernel took.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>Visitors whose connection broke.</summary>
    public int Resets => Volatile.Read(ref _resets);

    public static void Fill(Span<byte> octets, long from)
    {
        for (var i = 0; i < octets.Length; i++)
            octets[i] = (byte)((from + i) % 251);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving;
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
                _ = VisitAsync(await _listener.AcceptSocketAsync(_stop.Token));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
        }
    }

    private async Task VisitAsync(Socket socket)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            var order = new byte[9];
            await stream.ReadExactlyAsync(order.AsMemory(0, 1), _stop.Token);
            switch ((char)order[0])
            {
                case 'd':
                    await stream.ReadExactlyAsync(order.AsMemory(1, 8), _stop.Token);
                    await SendAsync(stream, BinaryPrimitives.ReadInt64BigEndian(order.AsSpan(1)));
                    socket.Shutdown(SocketShutdown.Send);
                    while (await stream.ReadAsync(order, _stop.Token) > 0)
                    {
                    }

                    break;
                case 'e':
                    await stream.CopyToAsync(stream, _stop.Token);
                    break;
                case 'h':
                    var (total, buffer) = (0L, new byte[65536]);
                    int count;
                    while ((count = await stream.ReadAsync(buffer, _stop.Token)) > 0)
                        total += count;
                    BinaryPrimitives.WriteInt64BigEndian(order, total);
                    await stream.WriteAsync(order.AsMemory(0, 8), _stop.Token);
                    break;
                default:
                    await Task.Delay(Timeout.Infinite, _stop.Token);
                    break;
            }
        }
        catch (OperationCanceledException)
        {
        }
        catch (IOException)
        {
            Interlocked.Increment(ref _resets);
        }
    }

    private async Task SendAsync(NetworkStream stream, long length)
    {
        var buffer = new byte[65536];
        for (var at = 0L; at < length;)
        {
            var count = (int)Math.Min(buffer.Length, length - at);
            Fill(buffer.AsSpan(0, count), at);
            await stream.WriteAsync(buffer.AsMemory(0, count), _stop.Token);
            at += count;
            Interlocked.Add(ref _sent, count);
        }
    }
}
