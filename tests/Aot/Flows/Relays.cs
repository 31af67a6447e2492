using System.Net;
using System.Net.Sockets;
using Karez.Net.Loops;
using Karez.Net.Relay;
using Karez.Sys;

namespace Karez.Aot.Flows;

/// <summary>Raw directions between loopback sockets, all on one loop.</summary>
internal static class Relays
{
    private const int Chunk = 100_000;

    // All readers are on one loop, and nobody looks at what was read.
    private static readonly byte[] Discarded = new byte[Chunk];

    /// <summary>Octets allocated on the loop for a bulk flow, source and sink included, once it runs.</summary>
    public static async ValueTask<long> MeasureAsync(EventLoop loop, long octets)
    {
        var (source, from) = await TcpAsync(loop);
        var (to, sink) = await TcpAsync(loop);
        using (source)
        using (from)
        using (to)
        using (sink)
        {
            var carrying = Forwarding.CarryAsync(from, to).AsTask();
            var sending = SendAsync(source, octets).AsTask();
            await ReadAsync(sink, octets / 4);
            if (loop.Pipes.Open == 0)
                throw new InvalidOperationException("nothing is spliced");
            var before = GC.GetAllocatedBytesForCurrentThread();
            await ReadAsync(sink, octets / 2);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            await ReadAsync(sink, octets / 4);
            await sending;
            source.ShutdownWrite();
            await carrying;
            return allocated;
        }
    }

    /// <summary>A reader that resets while octets are spliced to him: told as an end, not by a signal.</summary>
    public static async ValueTask<string> ResetAsync(EventLoop loop)
    {
        var (source, from) = await TcpAsync(loop);
        var (to, sink) = await TcpAsync(loop);
        using (source)
        using (from)
        using (to)
        {
            var carrying = Forwarding.CarryAsync(from, to).AsTask();
            loop.Start(() => SendOrFailAsync(source, 1_000_000_000));
            await ReadAsync(sink, 5_000_000);
            sink.Reset();
            var finished = await carrying;
            source.Dispose();
            return $"{(finished ? "finished" : "broke")} {SpliceToNobody()}";
        }
    }

    /// <summary>splice to a socket without a peer, as the kernel answers it: minus EPIPE, if we live to see it.</summary>
    private static int SpliceToNobody()
    {
        _ = Sockets.OpenPair(out var first, out var second);
        _ = Descriptors.Close(second);
        _ = Pipes.Open(out var readEnd, out var writeEnd);
        _ = Descriptors.Write(writeEnd, "octets"u8);
        var result = Pipes.Splice(readEnd, first, 6, moreFollows: false);
        foreach (var descriptor in (int[])[first, readEnd, writeEnd])
            _ = Descriptors.Close(descriptor);
        return result;
    }

    /// <summary>Many bulk flows whose readers stall first, so that each holds a pipe if it gets one.</summary>
    public static async ValueTask<string> ManyAsync(EventLoop loop, int flows)
    {
        const int Octets = 6_000_000;
        loop.Pipes.Limit = flows;
        var sinks = new List<Connection>();
        var running = new List<Task>();
        for (var i = 0; i < flows; i++)
        {
            var (source, from) = await TcpAsync(loop);
            var (to, sink) = await TcpAsync(loop, window: 32 * 1024);
            sinks.Add(sink);
            running.Add(CarryAsync(source, from, to, Octets));
        }

        await loop.DelayAsync(TimeSpan.FromSeconds(2));
        var open = loop.Pipes.Open;
        foreach (var sink in sinks)
        {
            using (sink)
                await ReadAsync(sink, Octets);
        }

        await Task.WhenAll(running);
        return $"{open} {running.Count}";
    }

    private static async Task CarryAsync(Connection source, Connection from, Connection to, int octets)
    {
        using (source)
        using (from)
        using (to)
        {
            var carrying = Forwarding.CarryAsync(from, to).AsTask();
            await SendAsync(source, octets);
            source.ShutdownWrite();
            if (!await carrying)
                throw new InvalidOperationException("a flow broke");
        }
    }

    private static async ValueTask SendOrFailAsync(Connection connection, long octets)
    {
        try
        {
            await SendAsync(connection, octets);
        }
        catch (ConnectionException)
        {
            // As it is meant to be.
        }
    }

    private static async ValueTask SendAsync(Connection connection, long octets)
    {
        var chunk = new byte[Chunk];
        for (; octets > 0; octets -= Chunk)
            await connection.WriteAsync(chunk.AsMemory(0, (int)Math.Min(octets, Chunk)));
    }

    private static async ValueTask ReadAsync(Connection connection, long octets)
    {
        while (octets > 0)
        {
            var count = await connection.ReadAsync(Discarded.AsMemory(0, (int)Math.Min(octets, Chunk)));
            if (count == 0)
                throw new InvalidOperationException($"{octets} octets are missing");
            octets -= count;
        }
    }

    private static async ValueTask<(Connection Client, Connection Server)> TcpAsync(EventLoop loop, int window = 0)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        if (window > 0)
            listener.ReceiveBufferSize = window;
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        var client = await Connection.ConnectAsync(
            loop, listener.LocalEndPoint!, TimeSpan.FromSeconds(5), ConnectOptions.Default); // it is bound
        var descriptor = Sockets.Accept((int)listener.Handle, new byte[SocketAddresses.MaxSize], out _);
        return (client, Connection.FromAccepted(loop, descriptor, null, isIP: true));
    }
}
