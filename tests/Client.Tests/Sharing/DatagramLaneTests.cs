using Karez.Client.Sharing;
using Karez.Net.Loops;
using Karez.Proxy;

namespace Karez.Client.Tests.Sharing;

public class DatagramLaneTests
{
    [Fact]
    public async Task Datagrams_arrive_in_order_on_the_other_loop_and_those_without_room_are_lost()
    {
        await using var loop = new EventLoop("far", TimeProvider.System, _ => { });
        var (heard, over) = (new List<string>(), new TaskCompletionSource());
        var lane = new DatagramLane(
            loop, (in from, payload) => heard.Add($"{loop.IsCurrent} {from} {payload.Length} {payload[0]}"),
            over.SetResult);
        lane.Tell(); // nothing: nobody is woken
        Assert.True(Destination.TryFromHost("a.example", 53, out var name));
        for (var i = 0; i < 8; i++)
            Assert.True(lane.TryPut(name, PayloadOf(7_526, i)));
        Assert.False(lane.TryPut(name, PayloadOf(7_526, 8))); // 64 KiB
        Assert.True(lane.TryPut(name, PayloadOf(1, 9)));
        lane.Tell();
        lane.Tell();
        await over.Task.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        Assert.Equal(
            [.. Enumerable.Range(0, 8).Select(i => $"True a.example:53 7526 {i}"), "True a.example:53 1 9"], heard);
        for (var i = 0; i < 64; i++)
            Assert.True(lane.TryPut(name, PayloadOf(1, i)));
        Assert.False(lane.TryPut(name, PayloadOf(1, 64)));
    }

    [Fact]
    public async Task A_datagram_costs_no_memory()
    {
        await using var loop = new EventLoop("far", TimeProvider.System, _ => { });
        Assert.True(Destination.TryFromHost("192.0.2.1", 53, out var address));
        var count = 0;
        var lane = new DatagramLane(loop, (in _, _) => count++, static () => { });
        var payload = PayloadOf(1_200, 1);
        await loop.RunAsync(() => PassAsync(100));
        var spent = await loop.RunAsync(async () =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            await PassAsync(1_000);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
        Assert.Equal(11_000, count);
        Assert.InRange(spent, 0, 10_000); // less than an octet for each

        async ValueTask PassAsync(int rounds)
        {
            for (var round = 0; round < rounds; round++)
            {
                for (var i = 0; i < 10; i++)
                    lane.TryPut(address, payload);
                lane.Tell();
                await loop.YieldAsync();
                await loop.YieldAsync();
            }
        }
    }

    private static byte[] PayloadOf(int length, int first)
    {
        var payload = new byte[length];
        payload[0] = (byte)first;
        return payload;
    }
}
