using System.Collections.Concurrent;
using System.Net;
using Karez.Net.Loops;

namespace Karez.Net.Tests.Loops;

/// <summary>Loops for one test; at the end nothing may be left open, lent or unhandled.</summary>
internal sealed class LoopBench : IAsyncDisposable
{
    private readonly ConcurrentQueue<Exception> _unhandled = new();

    internal LoopBench(int loops = 1) => Group = new LoopGroup(loops, TimeProvider.System, _unhandled.Enqueue);

    internal LoopGroup Group { get; }

    internal EventLoop Loop => Group.Loops[0];

    internal ConcurrentQueue<Exception> Unhandled => _unhandled;

    internal static async Task RunAsync(Func<EventLoop, ValueTask> flow)
    {
        await using var bench = new LoopBench();
        await bench.Loop.RunAsync(() => flow(bench.Loop)).WaitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>Two ends of a TCP connection over loopback, on the calling loop.</summary>
    internal static async ValueTask<(Connection Client, Connection Server)> TcpAsync(EventLoop loop)
    {
        // A listener of the kernel's own kind would need a second flow; the framework's is simpler here.
        using var listener = new System.Net.Sockets.Socket(
            System.Net.Sockets.AddressFamily.InterNetwork,
            System.Net.Sockets.SocketType.Stream,
            System.Net.Sockets.ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        var client = await Connection.ConnectAsync(
            loop, listener.LocalEndPoint!, TimeSpan.FromSeconds(5), ConnectOptions.Default);
        var address = new byte[Sys.SocketAddresses.MaxSize];
        var descriptor = Sys.Sockets.Accept((int)listener.Handle, address, out var length);
        Assert.True(descriptor >= 0, $"accept: {descriptor}");
        var remote = Sys.SocketAddresses.Decode(address.AsSpan(0, length));
        return (client, Connection.FromAccepted(loop, descriptor, remote, isIP: true));
    }

    internal static async ValueTask<byte[]> ReadToEndAsync(Connection connection)
    {
        using var all = new MemoryStream();
        var buffer = new byte[65536];
        while (await connection.ReadAsync(buffer) is var count and > 0) all.Write(buffer, 0, count);
        return all.ToArray();
    }

    internal static async ValueTask ReadExactlyAsync(Connection connection, Memory<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var count = await connection.ReadAsync(buffer);
            Assert.NotEqual(0, count);
            buffer = buffer[count..];
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Group.DisposeAsync();
        Assert.Empty(_unhandled);
        Assert.Equal(0, Group.OutstandingBuffers);
        Assert.Equal(0, Group.Flows);
        Assert.All(Group.Loops, l => Assert.Equal(0, l.Watched));
        Assert.All(Group.Loops, l => Assert.Equal(0, l.Pipes.Open));
    }
}
