using System.Diagnostics;
using System.Security.Cryptography;
using Karez.Net.Loops;
using Karez.Net.Relay;
using Karez.Net.Tests.Loops;

namespace Karez.Net.Tests.Relay;

/// <summary>One direction between two sockets, whichever way its octets take.</summary>
public class BarePumpTests
{
    private const int Copied = 256 * 1024;

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(100_000, false)]
    [InlineData(30_000_000, true)]
    public Task Octets_arrive_whole_and_only_bulk_is_spliced(int length, bool isSpliced) =>
        RunAsync(async (loop, source, pump, sink) =>
        {
            var running = pump.RunAsync().AsTask();
            await ExchangeAsync(source, sink, length);
            source.ShutdownWrite();
            await running;
            Assert.Equal(length, pump.Octets);
            Assert.Equal(isSpliced, pump.Spliced > 0);
            Assert.InRange(pump.Spliced, 0, Math.Max(0, length - Copied));
            Assert.Equal(0, loop.Buffers.Outstanding);
        });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Where_there_are_no_pipes_everything_is_copied(bool isRefusedByTheKernel) =>
        RunAsync(async (loop, source, pump, sink) =>
        {
            if (isRefusedByTheKernel)
                loop.Pipes.Octets = int.MaxValue;
            else
                loop.Pipes.Limit = 0;
            var running = pump.RunAsync().AsTask();
            await ExchangeAsync(source, sink, 5_000_000);
            source.ShutdownWrite();
            await running;
            Assert.Equal((5_000_000, 0), (pump.Octets, pump.Spliced));
        });

    [Fact]
    public Task What_comes_after_a_rush_does_not_wait_for_more() => RunAsync(async (loop, source, pump, sink) =>
    {
        var running = pump.RunAsync().AsTask();
        await ExchangeAsync(source, sink, 100_000_000);
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < 20; i++)
            await ExchangeAsync(source, sink, 1000);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 5); // Were it to wait for 256 KiB, it would wait for ever.
        source.ShutdownWrite();
        await running;
        Assert.Equal(100_020_000, pump.Octets);
    });

    [Fact]
    public Task A_flow_that_rests_holds_neither_buffer_nor_pipe() => RunAsync(async (loop, source, pump, sink) =>
    {
        var running = pump.RunAsync().AsTask();
        await ExchangeAsync(source, sink, 5_000_000);
        await loop.YieldAsync();
        await loop.YieldAsync();
        Assert.Equal(0, loop.Buffers.Outstanding);
        // Every pipe lies in the pool: as many can be had as there are, without opening one.
        var open = loop.Pipes.Open;
        using (loop.Pipes.TryRent())
            Assert.Equal(open, loop.Pipes.Open);
        source.ShutdownWrite();
        await running;
    });

    [Fact]
    public Task Urgent_data_in_the_middle_of_bulk_does_not_stop_it() => RunAsync(async (loop, source, pump, sink) =>
    {
        var running = pump.RunAsync().AsTask();
        var received = HashAsync(sink, 4_000_000);
        await SendAsync(source, 2_000_000);
        Assert.Equal(1, Sys.Sockets.SendUrgent(source.Descriptor, 1));
        await SendAsync(source, 2_000_000);
        await received.WaitAsync(TimeSpan.FromSeconds(10));
        source.ShutdownWrite();
        await running;
        Assert.Equal(4_000_000, pump.Octets);
    });

    [Fact]
    public Task A_reset_of_the_reader_ends_it_and_what_was_taken_is_counted() =>
        RunAsync(async (loop, source, pump, sink) =>
        {
            var running = pump.RunAsync().AsTask();
            var sending = SendAsync(source, 100_000_000);
            await HashAsync(sink, 3_000_000);
            sink.Reset();
            var thrown = await Assert.ThrowsAsync<ConnectionException>(() => running);
            Assert.Equal(ConnectionFault.Reset, thrown.Fault);
            Assert.False(pump.IsReading);
            Assert.InRange(pump.Octets, 3_000_000, 100_000_000);
            source.Abort(ConnectionFault.Aborted);
            await Assert.ThrowsAsync<ConnectionException>(() => sending);
        });

    [Fact]
    public Task A_reset_of_the_sender_ends_it() => RunAsync(async (loop, source, pump, sink) =>
    {
        var running = pump.RunAsync().AsTask();
        await ExchangeAsync(source, sink, 3_000_000);
        source.Reset();
        var thrown = await Assert.ThrowsAsync<ConnectionException>(() => running);
        Assert.Equal(ConnectionFault.Reset, thrown.Fault);
        Assert.True(pump.IsReading);
    });

    [Fact]
    public Task A_reader_that_stalls_stops_it_and_an_abort_ends_it() => RunAsync(async (loop, source, pump, sink) =>
    {
        var running = pump.RunAsync().AsTask();
        var sending = SendAsync(source, 100_000_000);
        var moved = -1L;
        for (var looks = 0; moved != pump.Octets; looks++)
        {
            Assert.True(looks < 50);
            moved = pump.Octets;
            await loop.DelayAsync(TimeSpan.FromMilliseconds(300));
        }

        Assert.InRange(pump.Spliced, 1, 99_999_999);
        pump.To.Abort(ConnectionFault.Aborted);
        await Assert.ThrowsAsync<ConnectionException>(() => running);
        Assert.Equal(0, loop.Pipes.Open); // it held octets
        source.Abort(ConnectionFault.Aborted);
        await Assert.ThrowsAsync<ConnectionException>(() => sending);
    });

    [Fact]
    public Task Bulk_leaves_others_their_turn() => RunAsync(async (loop, source, pump, sink) =>
    {
        var running = pump.RunAsync().AsTask();
        var exchange = ExchangeAsync(source, sink, 10_000_000);
        var (most, turns) = (0L, 0);
        for (var before = 0L; !exchange.IsCompleted; before = pump.Octets, turns++)
        {
            await loop.YieldAsync(); // as any other flow: once in a turn
            most = Math.Max(most, pump.Octets - before);
        }

        await exchange;
        source.ShutdownWrite();
        await running;
        Assert.True(pump.Spliced > 8_000_000);
        Assert.InRange(most, 1, 2 * 1024 * 1024); // its share, and what one operation may bring beyond it
        Assert.InRange(turns, 10_000_000 / (2 * 1024 * 1024), int.MaxValue);
    });

    [Theory]
    [InlineData(200_000, 300_000)]
    [InlineData(20_000_000, 10_000_000)]
    public Task A_rate_holds(long octetsPerSecond, int length) => RunAsync(
        async (loop, source, pump, sink) =>
        {
            var watch = Stopwatch.StartNew();
            var running = pump.RunAsync().AsTask();
            await ExchangeAsync(source, sink, length);
            source.ShutdownWrite();
            await running;
            // A quarter of a second is saved up.
            Assert.InRange(watch.Elapsed.TotalSeconds, ((double)length / octetsPerSecond) - 0.3, 28);
        },
        new RateLimit(octetsPerSecond));

    /// <summary>Octets from the one to the other, which have to arrive as they are.</summary>
    internal static async Task ExchangeAsync(Connection from, Connection to, int length)
    {
        var (sent, received) = (SendAsync(from, length), HashAsync(to, length));
        Assert.Equal(await sent, await received);
    }

    internal static async Task<byte[]> SendAsync(Connection connection, int length)
    {
        var random = new Random(length);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var chunk = new byte[50_000];
        for (var left = length; left > 0; left -= chunk.Length)
        {
            random.NextBytes(chunk);
            var part = chunk.AsMemory(0, Math.Min(left, chunk.Length));
            hash.AppendData(part.Span);
            await connection.WriteAsync(part);
        }

        return hash.GetHashAndReset();
    }

    internal static async Task<byte[]> HashAsync(Connection connection, int length)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[100_000];
        for (var left = length; left > 0;)
        {
            var count = await connection.ReadAsync(buffer.AsMemory(0, Math.Min(left, buffer.Length)));
            Assert.NotEqual(0, count);
            hash.AppendData(buffer.AsSpan(0, count));
            left -= count;
        }

        return hash.GetHashAndReset();
    }

    private static Task RunAsync(Func<EventLoop, Connection, BarePump, Connection, ValueTask> play,
        RateLimit? rate = null) => LoopBench.RunAsync(async loop =>
    {
        var (source, from) = await LoopBench.TcpAsync(loop);
        var (to, sink) = await LoopBench.TcpAsync(loop);
        using (source)
        using (from)
        using (to)
        using (sink)
            await play(loop, source, new BarePump(from, to, rate, null), sink);
    });
}
