using Karez.Client.Endpoints;

namespace Karez.Server.Tests;

/// <summary>Many connections through one node; nothing may be left of them.</summary>
[Collection(nameof(Alone))]
public class SoakTests
{
    private const long HeapSlack = 2 << 20;

    [Fact]
    public async Task Ten_thousand_connections_one_after_another_leave_nothing()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        await using var origin = new TestSite((byte)'o', null);
        await FetchAsync(bed, origin, 1_000);
        await RestAsync(bed);
        var (descriptors, heap) = (Descriptors(), GC.GetTotalMemory(forceFullCollection: true));

        await FetchAsync(bed, origin, 9_000);
        await RestAsync(bed);
        await DescriptorsFallToAsync(descriptors);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true), 0, heap + HeapSlack);
    }

    [Fact]
    public async Task A_thousand_connections_at_once_are_held_answered_and_leave_nothing()
    {
        await using var bed = await ChannelBed.StartAsync(
            vision: true, endpoints: new EndpointPlan { Connections = 0 });
        await HoldAsync(bed, 1_000);
        await RestAsync(bed);
        var (descriptors, heap) = (Descriptors(), GC.GetTotalMemory(forceFullCollection: true));

        await HoldAsync(bed, 1_000);
        await RestAsync(bed);
        await DescriptorsFallToAsync(descriptors);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true), 0, heap + HeapSlack);
    }

    /// <summary>So many connections that are all open before the first is answered.</summary>
    private static async Task HoldAsync(ChannelBed bed, int count)
    {
        const int Wave = 50;
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var origin = new TestSite((byte)'o', certificate: null, release.Task);
        var answers = new List<Task<string>>();
        while (answers.Count < count)
        {
            answers.AddRange(Enumerable.Range(0, Wave).Select(_ => AskAsync(bed, origin)));
            while (origin.Waiting < answers.Count)
            {
                if (answers.Find(a => a.IsCompleted) is { } early)
                    Assert.Fail($"answered early: {await early}");
                await Task.Delay(10);
            }
        }

        Assert.InRange(bed.Node.Connections, count, int.MaxValue);
        release.SetResult();
        Assert.All(await Task.WhenAll(answers), body => Assert.Equal("o", body));
    }

    private static async Task<string> AskAsync(ChannelBed bed, TestSite origin)
    {
        using var http = ChannelBed.Through(bed.Client);
        return await http.GetStringAsync(origin.Page(1));
    }

    private static async Task FetchAsync(ChannelBed bed, TestSite origin, int times)
    {
        // Its own client, and away with it: a pool may hold a spare connection for a minute.
        using var http = ChannelBed.Through(bed.Client);
        for (var i = 0; i < times; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, origin.Page(100));
            request.Headers.ConnectionClose = true;
            using var answer = await http.SendAsync(request);
            Assert.Equal(100, (await answer.Content.ReadAsByteArrayAsync()).Length);
        }
    }

    /// <summary>At most 30 s until every buffer is back and every connection gone.</summary>
    private static async Task RestAsync(ChannelBed bed)
    {
        var until = DateTime.UtcNow.AddSeconds(30);
        while (DateTime.UtcNow < until && (bed.Node.RentedBuffers > 0 || bed.Node.Connections > 0))
            await Task.Delay(100);
        Assert.Equal(0, bed.Node.RentedBuffers);
        Assert.Equal(0, bed.Node.Connections);
        await Task.Delay(500); // the sites' ends, which are not ours
    }

    /// <summary>A look at the target, which the node takes every few seconds, holds one on either side.</summary>
    private static async Task DescriptorsFallToAsync(int before)
    {
        var until = DateTime.UtcNow.AddSeconds(30);
        while (DateTime.UtcNow < until && Descriptors() > before)
            await Task.Delay(100);
        Assert.InRange(Descriptors(), 0, before);
    }

    private static int Descriptors() => Directory.GetFiles("/proc/self/fd").Length;
}
