using System.Net;
using Karez.Net.Loops;

namespace Karez.Net.Tests.Loops;

public class ConnectionTests
{
    [Fact]
    public Task Carries_octets_both_ways() => LoopBench.RunAsync(async loop =>
    {
        var (client, server) = await LoopBench.TcpAsync(loop);
        using (client)
        using (server)
        {
            await client.WriteAsync("ping"u8.ToArray());
            var buffer = new byte[16];
            Assert.Equal(4, await server.ReadAsync(buffer));
            await server.WriteAsync("pong!"u8.ToArray());
            Assert.Equal(5, await client.ReadAsync(buffer));
            Assert.Equal("pong!"u8, buffer.AsSpan(0, 5));
            Assert.Equal((4L, 5L), (client.BytesWritten, client.BytesRead));
            Assert.Equal((5L, 4L), (server.BytesWritten, server.BytesRead));
            Assert.Equal(client.LocalEndPoint, server.RemoteEndPoint);
            Assert.Equal(client.RemoteEndPoint, server.LocalEndPoint);
        }
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Half_close_leaves_the_other_direction_open(bool clientFirst) => LoopBench.RunAsync(async loop =>
    {
        var (client, server) = await LoopBench.TcpAsync(loop);
        using (client)
        using (server)
        {
            var (first, second) = clientFirst ? (client, server) : (server, client);
            await first.WriteAsync("last words"u8.ToArray());
            first.ShutdownWrite();
            Assert.Equal("last words"u8.ToArray(), await LoopBench.ReadToEndAsync(second));
            Assert.Equal(ConnectionEnd.Finished, second.PeerEnd);
            Assert.Equal(0, await second.ReadAsync(new byte[1]));
            await loop.DelayAsync(TimeSpan.FromMilliseconds(5));
            await second.WriteAsync("still here"u8.ToArray());
            second.ShutdownWrite();
            Assert.Equal("still here"u8.ToArray(), await LoopBench.ReadToEndAsync(first));
            Assert.Equal(ConnectionEnd.Finished, first.PeerEnd);
        }
    });

    [Fact]
    public Task A_reset_is_seen_as_a_reset_by_a_waiting_reader() => LoopBench.RunAsync(async loop =>
    {
        var (client, server) = await LoopBench.TcpAsync(loop);
        using (client)
        {
            var read = client.ReadAsync(new byte[16]);
            server.Reset();
            var thrown = await Assert.ThrowsAsync<ConnectionException>(async () => await read);
            Assert.Equal(ConnectionFault.Reset, thrown.Fault);
            Assert.Equal(ConnectionEnd.Reset, client.PeerEnd);
            thrown = await Assert.ThrowsAsync<ConnectionException>(async () => await client.WriteAsync(new byte[1]));
            Assert.Equal(ConnectionFault.Reset, thrown.Fault);
        }
    });

    [Fact]
    public Task What_came_before_a_reset_is_read_first() => LoopBench.RunAsync(async loop =>
    {
        var (client, server) = await LoopBench.TcpAsync(loop);
        using (client)
        {
            await server.WriteAsync("before"u8.ToArray());
            server.Reset();
            await loop.DelayAsync(TimeSpan.FromMilliseconds(10));
            Assert.Equal(ConnectionEnd.Reset, client.PeerEnd);
            var buffer = new byte[16];
            Assert.Equal(6, await client.ReadAsync(buffer));
            var thrown = await Assert.ThrowsAsync<ConnectionException>(async () => await client.ReadAsync(buffer));
            Assert.Equal(ConnectionFault.Reset, thrown.Fault);
        }
    });

    [Fact]
    public Task A_reset_that_a_write_met_is_still_a_reset_to_the_reader() => LoopBench.RunAsync(async loop =>
    {
        var (client, server) = await LoopBench.TcpAsync(loop);
        using (client)
        {
            server.Reset();
            await loop.DelayAsync(TimeSpan.FromMilliseconds(10));
            var thrown = await Assert.ThrowsAsync<ConnectionException>(
                async () => await client.WriteAsync(new byte[9]));
            Assert.Equal(ConnectionFault.Reset, thrown.Fault);
            thrown = await Assert.ThrowsAsync<ConnectionException>(async () => await client.ReadAsync(new byte[9]));
            Assert.Equal(ConnectionFault.Reset, thrown.Fault);
        }
    });

    [Fact]
    public Task A_peer_that_closes_in_the_middle_of_a_write_ends_the_write() => LoopBench.RunAsync(async loop =>
    {
        var (client, server) = await LoopBench.TcpAsync(loop);
        using (client)
        {
            var write = client.WriteAsync(new byte[64 * 1024 * 1024]).AsTask();
            var buffer = new byte[1000];
            Assert.NotEqual(0, await server.ReadAsync(buffer));
            Assert.False(write.IsCompleted);
            server.Dispose();
            var thrown = await Assert.ThrowsAsync<ConnectionException>(() => write);
            Assert.Equal(ConnectionFault.Reset, thrown.Fault);
        }
    });

    [Fact]
    public Task Data_and_end_that_arrive_together_are_both_seen() => LoopBench.RunAsync(async loop =>
    {
        for (var i = 0; i < 200; i++)
        {
            var (client, server) = await LoopBench.TcpAsync(loop);
            using (client)
            using (server)
            {
                var whole = LoopBench.ReadToEndAsync(client).AsTask();
                if (i % 2 == 0) await loop.YieldAsync();
                await server.WriteAsync("x"u8.ToArray());
                server.ShutdownWrite();
                Assert.Single(await whole.WaitAsync(TimeSpan.FromSeconds(5)));
            }
        }
    });

    [Fact]
    public Task Octets_behind_an_urgent_mark_are_not_forgotten() => LoopBench.RunAsync(async loop =>
    {
        var (client, server) = await LoopBench.TcpAsync(loop);
        using (client)
        using (server)
        {
            var whole = LoopBench.ReadToEndAsync(server).AsTask();
            await client.WriteAsync("abc"u8.ToArray());
            Assert.Equal(1, Sys.Sockets.SendUrgent(client.Descriptor, (byte)'!'));
            await client.WriteAsync("def"u8.ToArray());
            await loop.DelayAsync(TimeSpan.FromMilliseconds(5));
            client.ShutdownWrite();
            Assert.Equal("abcdef"u8.ToArray(), await whole.WaitAsync(TimeSpan.FromSeconds(5)));
        }
    });

    [Fact]
    public Task Abort_fails_pending_and_later_operations_on_the_next_turn() => LoopBench.RunAsync(async loop =>
    {
        var (first, second) = Connection.Pair(loop);
        using (first)
        using (second)
        {
            var read = first.ReadAsync(new byte[1]).AsTask();
            first.Abort(ConnectionFault.Aborted);
            Assert.False(read.IsCompleted);
            first.Abort(ConnectionFault.TimedOut);
            var thrown = await Assert.ThrowsAsync<ConnectionException>(() => read);
            Assert.Equal(ConnectionFault.Aborted, thrown.Fault);
            thrown = await Assert.ThrowsAsync<ConnectionException>(async () => await first.WaitReadableAsync());
            Assert.Equal(ConnectionFault.Aborted, thrown.Fault);
            thrown = await Assert.ThrowsAsync<ConnectionException>(async () => await first.WriteAsync(new byte[1]));
            Assert.Equal(ConnectionFault.Aborted, thrown.Fault);
            thrown = Assert.Throws<ConnectionException>(() => first.TryRead(new byte[1], out _));
            Assert.Equal(ConnectionFault.Aborted, thrown.Fault);
        }
    });

    [Fact]
    public Task A_timer_may_abort_a_reader_that_waits() => LoopBench.RunAsync(async loop =>
    {
        var (first, second) = Connection.Pair(loop);
        using (first)
        using (second)
        {
            using var timer = new LoopTimer(loop, () => first.Abort(ConnectionFault.TimedOut));
            timer.Set(TimeSpan.FromMilliseconds(20));
            var thrown = await Assert.ThrowsAsync<ConnectionException>(async () => await first.ReadAsync(new byte[1]));
            Assert.Equal(ConnectionFault.TimedOut, thrown.Fault);
        }
    });

    [Fact]
    public Task Disposing_is_idempotent_and_fails_what_is_pending() => LoopBench.RunAsync(async loop =>
    {
        var (first, second) = Connection.Pair(loop);
        var read = first.ReadAsync(new byte[1]).AsTask();
        var write = first.WriteAsync(new byte[8 * 1024 * 1024]).AsTask();
        first.Dispose();
        first.Dispose();
        Assert.Equal(ConnectionFault.Closed, (await Assert.ThrowsAsync<ConnectionException>(() => read)).Fault);
        Assert.Equal(ConnectionFault.Closed, (await Assert.ThrowsAsync<ConnectionException>(() => write)).Fault);
        second.Dispose();
    });

    [Fact]
    public Task A_second_reader_is_refused() => LoopBench.RunAsync(async loop =>
    {
        var (first, second) = Connection.Pair(loop);
        using (first)
        using (second)
        {
            var read = first.ReadAsync(new byte[1]);
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await first.ReadAsync(new byte[1]));
            Assert.Throws<InvalidOperationException>(() => first.TryRead(new byte[1], out _));
            await second.WriteAsync(new byte[1]);
            Assert.Equal(1, await read);
        }
    });

    [Fact]
    public async Task Another_thread_is_refused()
    {
        await using var bench = new LoopBench();
        var (first, second) = await bench.Loop.RunAsync(() => ValueTask.FromResult(Connection.Pair(bench.Loop)));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await first.ReadAsync(new byte[1]));
        Assert.Throws<InvalidOperationException>(() => { bench.Loop.Buffers.Rent(BufferSize.Small); });
        await bench.Loop.RunAsync(() =>
        {
            first.Dispose();
            second.Dispose();
            return default;
        });
    }

    [Fact]
    public Task Slots_fill_in_order_with_room_between_them() => LoopBench.RunAsync(async loop =>
    {
        var (first, second) = Connection.Pair(loop);
        using (first)
        using (second)
        {
            var octets = new byte[25];
            for (var i = 0; i < octets.Length; i++) octets[i] = (byte)(i + 1);
            await first.WriteAsync(octets);
            var buffer = new byte[100];
            var slots = new SlotLayout(Offset: 5, Length: 10, Stride: 20, Count: 4);
            Assert.Equal(25, await second.ReadSlotsAsync(buffer, slots));
            Assert.Equal(octets[..10], buffer[5..15]);
            Assert.Equal(octets[10..20], buffer[25..35]);
            Assert.Equal(octets[20..], buffer[45..50]);
            Assert.All(buffer[15..25], o => Assert.Equal(0, o));
            Assert.False(second.TryReadSlots(buffer, slots, out _));
            var bad = slots with { Stride = 40 };
            await first.WriteAsync(octets);
            await loop.DelayAsync(TimeSpan.FromMilliseconds(2));
            Assert.Throws<ArgumentOutOfRangeException>(() => second.TryReadSlots(buffer, bad, out _));
        }
    });

    [Fact]
    public Task Try_write_takes_what_fits_and_writable_says_when_more_does() => LoopBench.RunAsync(async loop =>
    {
        var (client, server) = await LoopBench.TcpAsync(loop);
        using (client)
        using (server)
        {
            var octets = new byte[32 * 1024 * 1024];
            Assert.True(client.TryWrite(octets, out var taken));
            Assert.InRange(taken, 1, octets.Length - 1);
            Assert.False(client.TryWrite(octets, out _));
            var writable = client.WaitWritableAsync().AsTask();
            Assert.False(writable.IsCompleted);
            var buffer = new byte[octets.Length];
            await LoopBench.ReadExactlyAsync(server, buffer.AsMemory(0, taken));
            await writable.WaitAsync(TimeSpan.FromSeconds(5));
            Assert.True(client.TryWrite(octets, out taken));
            Assert.NotEqual(0, taken);
        }
    });

    [Fact]
    public Task Refusal_is_told_from_no_route_and_from_silence() => LoopBench.RunAsync(async loop =>
    {
        async Task<ConnectionFault> ConnectAsync(EndPoint endPoint) =>
            (await Assert.ThrowsAsync<ConnectionException>(async () =>
                await Connection.ConnectAsync(loop, endPoint, TimeSpan.FromMilliseconds(100), ConnectOptions.Default)))
            .Fault;

        using var silent = new System.Net.Sockets.Socket(
            System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Assert.Equal(ConnectionFault.Refused, await ConnectAsync(silent.LocalEndPoint!));

        // A full backlog drops what comes, as a dead host does.
        silent.Listen(0);
        var held = new List<Connection>();
        var fault = ConnectionFault.None;
        for (var i = 0; i < 10 && fault == ConnectionFault.None; i++)
        {
            try
            {
                held.Add(await Connection.ConnectAsync(
                    loop, silent.LocalEndPoint!, TimeSpan.FromMilliseconds(100), ConnectOptions.Default));
            }
            catch (ConnectionException exception)
            {
                fault = exception.Fault;
            }
        }

        Assert.Equal(ConnectionFault.TimedOut, fault);
        held.ForEach(c => c.Dispose());
        Assert.Equal(
            ConnectionFault.Unreachable,
            await ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint("/nowhere/at-all")));
        // The broadcast address is a route of its own kind: the kernel refuses TCP to it at once.
        Assert.Equal(ConnectionFault.Unreachable, await ConnectAsync(new IPEndPoint(IPAddress.Broadcast, 9)));
    });

    [Fact]
    public Task A_source_address_can_be_given() => LoopBench.RunAsync(async loop =>
    {
        using var listener = new System.Net.Sockets.Socket(
            System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var source = IPAddress.Parse("127.0.0.77");
        using var connection = await Connection.ConnectAsync(
            loop, listener.LocalEndPoint!, TimeSpan.FromSeconds(5), new ConnectOptions(Source: source));
        Assert.Equal(source, ((IPEndPoint)connection.LocalEndPoint!).Address);
    });

    [Fact]
    public Task Waiting_holds_no_buffer() => LoopBench.RunAsync(async loop =>
    {
        var (first, second) = Connection.Pair(loop);
        using (first)
        using (second)
        {
            var octets = 0;
            async Task ReadAsync()
            {
                while (true)
                {
                    await second.WaitReadableAsync();
                    using var rented = loop.Buffers.Rent(BufferSize.Read);
                    while (second.TryRead(rented.Span, out var count))
                    {
                        if (count == 0) return;
                        octets += count;
                    }
                }
            }

            var reader = ReadAsync();
            for (var i = 0; i < 5; i++)
            {
                await loop.DelayAsync(TimeSpan.FromMilliseconds(2));
                Assert.Equal(0, loop.Buffers.Outstanding);
                await first.WriteAsync(new byte[100_000]);
            }

            first.ShutdownWrite();
            await reader;
            Assert.Equal(500_000, octets);
            Assert.Equal(0, loop.Buffers.Outstanding);
        }
    });

    [Fact]
    public async Task Connections_of_an_address_that_is_gone_are_aborted_and_others_are_not()
    {
        await LoopBench.RunAsync(async loop =>
        {
            var (client, server) = await LoopBench.TcpAsync(loop);
            var (other, far) = await LoopBench.TcpAsync(loop);
            using (client)
            using (server)
            using (other)
            using (far)
            {
                var gone = (IPEndPoint)client.LocalEndPoint!;
                var read = client.ReadAsync(new byte[1]);
                loop.AbortWhere((local, remote) => local.Equals(gone) && remote is not null);
                var thrown = await Assert.ThrowsAsync<ConnectionException>(async () => await read);
                Assert.Equal(ConnectionFault.Aborted, thrown.Fault);
                await other.WriteAsync("still"u8.ToArray());
                Assert.Equal(5, await far.ReadAsync(new byte[8]));
            }
        });
    }
}
