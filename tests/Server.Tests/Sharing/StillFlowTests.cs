using System.Diagnostics;
using System.Net;
using Karez.Client.Endpoints;

namespace Karez.Server.Tests.Sharing;

/// <summary>At a node that shares no TCP twelve connections are never exceeded: who comes then gets a still one's place.</summary>
public class StillFlowTests
{
    private const int Places = 11; // the twelfth is kept for datagrams

    [Fact]
    public async Task Still_web_flows_give_way_to_those_that_wait_and_the_others_lose_nothing()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true, sharing: false);
        await using var origin = new TalkOrigin(new IPEndPoint(IPAddress.Parse("127.0.5.1"), 8443));
        var visits = await Task.WhenAll(
            Enumerable.Range(0, Places + 4).Select(_ => TalkVisit.EchoAsync(bed.Client, origin.At)));
        var status = StatusOf(bed);
        Assert.Equal((Places, Places, 0, 4L, 0L), (status.Connections, status.Most, status.Shared, status.Taken, status.Beyond));
        var ended = 0;
        foreach (var visit in visits)
            ended += await IsAliveAsync(visit) ? 0 : 1;
        Assert.Equal(4, ended);
    }

    [Fact]
    public async Task Who_waits_for_an_answer_is_left_alone_and_the_next_one_waits_for_a_place()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true, sharing: false);
        await using var origin = new TalkOrigin(new IPEndPoint(IPAddress.Parse("127.0.5.2"), 8443));
        var asking = new List<TalkVisit>();
        for (var i = 0; i < Places; i++)
        {
            asking.Add(await TalkVisit.OpenAsync(bed.Client, origin.At));
            await asking[i].Stream.WriteAsync("h1"u8.ToArray(), Token);
        }

        await Until(() => StatusOf(bed).Connections == Places && StatusOf(bed).Handshakes == 0);
        var next = TalkVisit.EchoAsync(bed.Client, origin.At);
        await Until(() => StatusOf(bed).Waited > 0);
        foreach (var visit in asking)
            await visit.Stream.WriteAsync("2"u8.ToArray(), Token); // seen, by the next look, to go out
        await Task.Delay(RunningConnections.WebStillness + TimeSpan.FromSeconds(3), Token);
        Assert.False(next.IsCompleted);
        asking[0].Dispose();
        (await next.WaitAsync(TalkVisit.Patience, Token)).Dispose();
        var status = StatusOf(bed);
        Assert.Equal((Places, 0L, 0L), (status.Most, status.Taken, status.Beyond));
        asking.ForEach(visit => visit.Dispose());
    }

    [Fact]
    public async Task Where_nothing_else_gives_way_whoever_was_still_for_half_a_minute_does()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true, sharing: false);
        await using var origin = new TalkOrigin(); // on no port of the web's
        var visits = new List<TalkVisit>();
        for (var i = 0; i < Places; i++)
            visits.Add(await TalkVisit.EchoAsync(bed.Client, origin.At));
        var began = Stopwatch.GetTimestamp();
        (await TalkVisit.EchoAsync(bed.Client, origin.At)).Dispose();
        Assert.InRange(Stopwatch.GetElapsedTime(began), RunningConnections.AnyStillness, 2 * RunningConnections.AnyStillness);
        Assert.Equal((Places, 1L, 0L), (StatusOf(bed).Most, StatusOf(bed).Taken, StatusOf(bed).Beyond));
        visits.ForEach(visit => visit.Dispose());
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static EndpointStatus StatusOf(ChannelBed bed) => Assert.Single(bed.Client.Nodes.Status);

    private static async Task<bool> IsAliveAsync(TalkVisit visit)
    {
        using (visit)
        {
            try
            {
                await visit.Stream.WriteAsync("?"u8.ToArray(), Token);
                return await visit.Stream.ReadAsync(new byte[1], Token).AsTask().WaitAsync(TalkVisit.Patience, Token) == 1;
            }
            catch (IOException)
            {
                return false;
            }
        }
    }

    private static async Task Until(Func<bool> condition)
    {
        for (var i = 0; i < 500 && !condition(); i++)
            await Task.Delay(20, Token);
        Assert.True(condition());
    }
}
