using Karez.Net.Loops;
using Karez.Tests;

namespace Karez.Net.Tests.Loops;

[Collection(nameof(QuietProcess))]
public class AllocationTests
{
    [Fact]
    public Task Round_trips_allocate_nothing() => LoopBench.RunAsync(async loop =>
    {
        var (client, server) = await LoopBench.TcpAsync(loop);
        using (client)
        using (server)
        {
            var echo = EchoAsync(server);
            var buffer = new byte[1000];
            await TripsAsync(client, buffer, 2_000);
            var before = GC.GetAllocatedBytesForCurrentThread();
            await TripsAsync(client, buffer, 10_000);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            client.ShutdownWrite();
            await echo;
            // One box for the measured flow itself.
            Assert.InRange(allocated, 0, 500);
        }
    });

    [Fact]
    public Task Delays_and_yields_allocate_nothing() => LoopBench.RunAsync(async loop =>
    {
        await WaitAsync(loop, 100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        await WaitAsync(loop, 200);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 500);
    });

    private static async ValueTask WaitAsync(EventLoop loop, int times)
    {
        for (var i = 0; i < times; i++)
        {
            await loop.DelayAsync(TimeSpan.FromMilliseconds(1));
            await loop.YieldAsync();
        }
    }

    private static async Task EchoAsync(Connection connection)
    {
        var buffer = new byte[1000];
        while (true)
        {
            await connection.WaitReadableAsync();
            if (!connection.TryRead(buffer, out var count)) continue;
            if (count == 0) return;
            await connection.WriteAsync(buffer.AsMemory(0, count));
        }
    }

    private static async ValueTask TripsAsync(Connection connection, byte[] buffer, int trips)
    {
        for (var i = 0; i < trips; i++)
        {
            await connection.WriteAsync(buffer);
            var got = 0;
            while (got < buffer.Length) got += await connection.ReadAsync(buffer.AsMemory(got));
        }
    }
}
