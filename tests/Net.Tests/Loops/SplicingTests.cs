using Karez.Net.Loops;

namespace Karez.Net.Tests.Loops;

/// <summary>The traps of splice(2), all of which are silent.</summary>
public class SplicingTests
{
    [Fact]
    public Task A_quiet_socket_does_not_hold_up_the_loop() => LoopBench.RunAsync(async loop =>
    {
        // splice obeys the socket's O_NONBLOCK, not its own flag: were it missing, this would not come back.
        var (client, server) = await LoopBench.TcpAsync(loop);
        using (client)
        using (server)
        using (var pipe = loop.Pipes.TryRent())
        {
            foreach (var quiet in new[] { client, server })
            {
                await ProvokeReadinessAsync(quiet);
                Assert.False(quiet.TrySpliceInto(pipe!, 1000, out _));
            }
        }
    });

    [Fact]
    public Task A_full_pipe_is_not_taken_for_a_drained_socket() => LoopBench.RunAsync(async loop =>
    {
        loop.Pipes.Octets = 4096; // one slot, which may hold more than a page of it
        var (client, server) = await LoopBench.TcpAsync(loop);
        using (client)
        using (server)
        using (var pipe = loop.Pipes.TryRent()!)
        {
            var sent = Numbers(300_000);
            var sending = client.WriteAsync(sent).AsTask();
            await loop.DelayAsync(TimeSpan.FromMilliseconds(50));
            while (server.TrySpliceInto(pipe, int.MaxValue, out _))
            {
            }

            Assert.InRange(pipe.Held, 1, sent.Length - 1);
            var got = Drain(pipe);
            // No edge comes any more: whoever had believed the EAGAIN would wait for ever.
            while (got.Count < sent.Length)
            {
                await server.WaitReadableAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(5));
                if (server.TrySpliceInto(pipe, int.MaxValue, out var count))
                    Assert.NotEqual(0, count);
                got.AddRange(Drain(pipe));
            }

            Assert.Equal(sent, got);
            await sending;
            client.ShutdownWrite();
            await server.WaitReadableAsync();
            Assert.True(server.TrySpliceInto(pipe, 1000, out var end));
            Assert.Equal(0, end);
        }
    });

    [Fact]
    public Task Urgent_data_makes_a_connection_unfit_for_splicing() => LoopBench.RunAsync(async loop =>
    {
        var (client, server) = await LoopBench.TcpAsync(loop);
        using (client)
        using (server)
        {
            Assert.True(server.MaySplice);
            Assert.Equal(1, Sys.Sockets.SendUrgent(client.Descriptor, 7));
            await client.WriteAsync(new byte[10]);
            var got = 0;
            while (got < 10)
                got += await server.ReadAsync(new byte[100]);
            Assert.False(server.MaySplice);
        }
    });

    [Fact]
    public Task A_peer_that_reset_is_a_fault_and_no_signal() => LoopBench.RunAsync(async loop =>
    {
        var (client, server) = await LoopBench.TcpAsync(loop);
        var (source, feeder) = await LoopBench.TcpAsync(loop);
        using (client)
        using (server)
        using (source)
        using (feeder)
        using (var pipe = loop.Pipes.TryRent()!)
        {
            await feeder.WriteAsync(new byte[1000]);
            await source.WaitReadableAsync();
            Assert.True(source.TrySpliceInto(pipe, 1000, out _));
            client.Reset(); // the loop has not heard of it when the pipe is emptied
            var thrown = Assert.Throws<ConnectionException>(() => server.TrySpliceOutOf(pipe));
            Assert.Equal(ConnectionFault.Reset, thrown.Fault);
        }
    });

    [Fact]
    public Task A_pipe_with_octets_in_it_is_never_lent_again() => LoopBench.RunAsync(async loop =>
    {
        var (client, server) = await LoopBench.TcpAsync(loop);
        using (client)
        using (server)
        {
            var pipe = loop.Pipes.TryRent()!;
            await client.WriteAsync(new byte[100]);
            await server.WaitReadableAsync();
            Assert.True(server.TrySpliceInto(pipe, 1000, out _));
            pipe.Dispose();
            Assert.Equal(0, loop.Pipes.Open);
            using (loop.Pipes.TryRent()) Assert.Equal(1, loop.Pipes.Open);
            Assert.Equal(1, loop.Pipes.Open); // an empty one is kept
        }
    });

    [Fact]
    public Task A_kernel_that_refuses_large_pipes_is_not_asked_with_every_read() => LoopBench.RunAsync(async loop =>
    {
        loop.Pipes.Octets = int.MaxValue; // no kernel gives that
        Assert.True(loop.Pipes.MayHave);
        Assert.Null(loop.Pipes.TryRent());
        Assert.False(loop.Pipes.MayHave);
        Assert.Equal(0, loop.Pipes.Open);
        await loop.DelayAsync(TimeSpan.FromMilliseconds(1100));
        Assert.True(loop.Pipes.MayHave);
    });

    [Fact]
    public Task Kept_pipes_are_closed_when_nobody_wanted_them_for_a_while() => LoopBench.RunAsync(async loop =>
    {
        var pipes = Enumerable.Range(0, 40).Select(_ => loop.Pipes.TryRent()).ToList();
        Assert.Equal(loop.Pipes.Limit, pipes.Count(p => p is not null));
        Assert.Equal(loop.Pipes.Limit, loop.Pipes.Open);
        pipes.ForEach(p => p?.Dispose());
        Assert.InRange(loop.Pipes.Open, 1, 8);
        await loop.DelayAsync(TimeSpan.FromMilliseconds(2300));
        Assert.Equal(0, loop.Pipes.Open);
    });

    /// <summary>Makes a connection believe that there is something, as an event that came late does.</summary>
    private static async ValueTask ProvokeReadinessAsync(Connection connection)
    {
        ((IPollable)connection).OnReady(Sys.Epoll.In);
        await connection.WaitReadableAsync();
    }

    private static List<byte> Drain(Pipe pipe)
    {
        var all = new byte[pipe.Held];
        var got = 0;
        while (got < all.Length)
            got += Sys.Descriptors.Read(pipe.ReadEnd, all.AsSpan(got));
        pipe.Held = 0;
        return [.. all];
    }

    private static byte[] Numbers(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i * 7 / 256))];
}
