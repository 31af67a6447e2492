using System.Diagnostics;
using System.Net.Sockets;
using Karez.Client;
using Karez.Client.Endpoints;
using Karez.Contracts;
using Karez.Server.Tests.Datagrams;

namespace Karez.Server.Tests.Sharing;

public class SharingTests
{
    private static EndpointStatus StatusOf(LocalProxy client) => client.Nodes.Status[0];

    [Fact]
    public async Task Five_hundred_downloads_at_once_hold_at_most_twelve_connections()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        await using var origin = new TalkOrigin();
        using var stop = new CancellationTokenSource();
        var most = 0;
        var watching = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                most = Math.Max(most, bed.Node.Connections);
                await Task.Delay(1);
            }
        });
        await Task.WhenAll(Enumerable.Range(0, 500).Select(async _ =>
        {
            using var visit = await TalkVisit.OpenAsync(bed.Client, origin.At);
            await visit.AskAsync(200_000);
            await visit.TakeAsync(200_000);
        }));
        await stop.CancelAsync();
        await watching;
        var status = StatusOf(bed.Client);
        // The node counts one until it has read its end; the client's next one may come before that.
        Assert.InRange(most, 2, 12 + new EndpointPlan().Handshakes);
        Assert.InRange(status.Most, 2, 12);
        Assert.Equal((12, 0L), (status.Limit, status.Beyond));
        Assert.InRange(status.SharedTotal, 300, 500);
    }

    [Fact]
    public async Task Fifty_idle_flows_do_not_keep_a_new_one_waiting_and_the_carrier_leaves_when_they_are_over()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        await using var client = bed.Connect(
            bed.LinkOf(bed.Person), endpoints: new EndpointPlan { CarrierIdle = TimeSpan.FromSeconds(1) });
        await using var origin = new TalkOrigin();
        var idle = new List<TalkVisit>();
        for (var i = 0; i < 50; i++)
            idle.Add(await TalkVisit.EchoAsync(client, origin.At));
        var began = Stopwatch.GetTimestamp();
        (await TalkVisit.EchoAsync(client, origin.At)).Dispose();
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 0, 3);
        // The one that came and went is counted until its end has been told to the node.
        await AssociationTests.Until(() => StatusOf(client) is { Connections: 11, Shared: 41 }, 5);
        foreach (var visit in idle)
            visit.Dispose();
        await AssociationTests.Until(() => StatusOf(client) is { Connections: 0, Shared: 0 }, 10);
        using var next = await TalkVisit.EchoAsync(client, origin.At);
    }

    [Fact]
    public async Task One_who_does_not_read_halts_nobody_and_is_held_within_his_window()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        await using var origin = new TalkOrigin();
        using var own = await OccupyAsync(bed.Client, origin);
        using var slow = await TalkVisit.OpenAsync(bed.Client, origin.At);
        await slow.AskAsync(100_000_000);
        await Task.Delay(1000);
        var before = origin.Sent;
        for (var i = 0; i < 5; i++)
        {
            using var quick = await TalkVisit.OpenAsync(bed.Client, origin.At);
            await quick.AskAsync(3_000_000);
            await quick.TakeAsync(3_000_000);
        }

        // What kernels hold on the way, and one window.
        Assert.InRange(origin.Sent - (5 * 3_000_000), 0, before + 1_000_000);
        Assert.InRange(before, 0, 30_000_000);
        await slow.TakeAsync(100_000_000);
    }

    [Fact]
    public async Task One_whose_destination_does_not_read_halts_nobody()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        await using var origin = new TalkOrigin();
        using var own = await OccupyAsync(bed.Client, origin);
        using var stuck = await TalkVisit.OpenAsync(bed.Client, origin.At);
        await stuck.Stream.WriteAsync("s"u8.ToArray());
        using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        var sent = 0L;
        try
        {
            while (true)
                sent += await stuck.Socket.SendAsync(new byte[65536], enough.Token);
        }
        catch (OperationCanceledException)
        {
        }

        Assert.InRange(sent, 65536, 40_000_000);
        using var quick = await TalkVisit.OpenAsync(bed.Client, origin.At);
        await quick.AskAsync(3_000_000);
        await quick.TakeAsync(3_000_000);
    }

    [Fact]
    public async Task Half_closes_travel_both_ways()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        await using var origin = new TalkOrigin();
        using var own = await OccupyAsync(bed.Client, origin);
        using var up = await TalkVisit.OpenAsync(bed.Client, origin.At);
        await up.Stream.WriteAsync("h"u8.ToArray());
        await up.Stream.WriteAsync(new byte[5_000_000]);
        up.Socket.Shutdown(SocketShutdown.Send);
        var total = new byte[8];
        await up.Stream.ReadExactlyAsync(total).AsTask().WaitAsync(TalkVisit.Patience);
        Assert.Equal(5_000_000, System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(total));
        Assert.Equal(0, await up.Stream.ReadAsync(total).AsTask().WaitAsync(TalkVisit.Patience));

        using var down = await TalkVisit.OpenAsync(bed.Client, origin.At);
        await down.AskAsync(5_000_000);
        await down.TakeAsync(5_000_000); // the origin has finished; this side has not
        await down.Stream.WriteAsync(new byte[1000]);
        await AssociationTests.Until(() => StatusOf(bed.Client).Shared == 1, 5); // up is over
        down.Dispose();
        await AssociationTests.Until(() => StatusOf(bed.Client).Shared == 0, 5);
        Assert.Equal(0, origin.Resets);
    }

    [Fact]
    public async Task A_program_that_breaks_off_is_a_reset_at_the_origin_and_no_end()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        await using var origin = new TalkOrigin();
        using var own = await OccupyAsync(bed.Client, origin);
        using var up = await TalkVisit.OpenAsync(bed.Client, origin.At);
        await up.Stream.WriteAsync("h"u8.ToArray());
        await up.Stream.WriteAsync(new byte[100_000]);
        await Task.Delay(300);
        up.Socket.LingerState = new LingerOption(true, 0);
        up.Socket.Close();
        await AssociationTests.Until(() => origin.Resets == 1, 5);
        await AssociationTests.Until(() => StatusOf(bed.Client).Shared == 0, 5);
    }

    [Fact]
    public async Task A_revoked_persons_shared_flows_end_within_a_second()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        await using var origin = new TalkOrigin();
        using var own = await OccupyAsync(bed.Client, origin);
        using var visit = await TalkVisit.OpenAsync(bed.Client, origin.At);
        await visit.AskAsync(10_000_000_000);
        await visit.Stream.ReadExactlyAsync(new byte[100_000]).AsTask().WaitAsync(TalkVisit.Patience);
        bed.Node.Reload(new Roster([]));
        var until = DateTime.UtcNow.AddSeconds(1);
        var buffer = new byte[100_000];
        try
        {
            while (await visit.Stream.ReadAsync(buffer) > 0)
                Assert.True(DateTime.UtcNow < until, "still flowing after a second");
        }
        catch (IOException)
        {
        }

        Assert.True(DateTime.UtcNow < until);
    }

    [Fact]
    public async Task Why_a_dial_failed_is_told_to_a_shared_flow_as_well()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        await using var client = bed.Connect(bed.LinkOf(bed.Person), AnswerMode.Late);
        await using var origin = new TalkOrigin();
        using var own = await OccupyAsync(client, origin);
        using var free = new Socket(SocketType.Stream, ProtocolType.Tcp);
        free.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        var port = ((System.Net.IPEndPoint)free.LocalEndPoint!).Port;
        Assert.Equal((5, true), await LocalTalk.SocksAsync(client, "127.0.0.1", port));
        Assert.Equal((4, true), await LocalTalk.SocksAsync(client, "no-such-name.invalid", 80));
        Assert.Equal(2, StatusOf(client).SharedTotal);
        (await TalkVisit.EchoAsync(client, origin.At)).Dispose();
        Assert.Equal(3, StatusOf(client).SharedTotal);
    }

    [Fact]
    public async Task Where_the_offer_breaks_the_connection_flows_have_all_places_and_lose_nothing()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        await using var path = new CuttingPath(bed.Node.Listening);
        await using var client = bed.Connect(bed.LinkOf(bed.Person, path.Port));
        await using var origin = new TalkOrigin();
        using var own = await OccupyAsync(client, origin);
        path.Cuts = (10, 2300); // a hello, Finished, and a little
        using var visit = await TalkVisit.OpenAsync(client, origin.At);
        await visit.AskAsync(1_000_000);
        await visit.TakeAsync(1_000_000);
        var status = StatusOf(client);
        Assert.Equal((10, 0L, 0L), (status.Connections, status.SharedTotal, status.Beyond));
    }

    [Fact]
    public async Task A_carrier_that_is_cut_ends_its_flows_and_no_others_and_the_next_flow_has_a_new_one()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        await using var path = new CuttingPath(bed.Node.Listening);
        await using var client = bed.Connect(bed.LinkOf(bed.Person, path.Port));
        await using var origin = new TalkOrigin();
        using var own = await TalkVisit.EchoAsync(client, origin.At);
        var others = new List<TalkVisit>();
        for (var i = 0; i < 8; i++)
            others.Add(await TalkVisit.EchoAsync(client, origin.At));
        using var shared = await TalkVisit.EchoAsync(client, origin.At);
        path.Cut(10);
        try
        {
            Assert.Equal(0, await shared.Stream.ReadAsync(new byte[1]).AsTask().WaitAsync(TimeSpan.FromSeconds(2)));
        }
        catch (IOException)
        {
            // A reset, which is as well.
        }

        await AssociationTests.Until(() => StatusOf(client) is { Shared: 0, Connections: 9 }, 5);
        using var next = await TalkVisit.EchoAsync(client, origin.At);
        Assert.Equal((2, 10), ((int)StatusOf(client).SharedTotal, StatusOf(client).Connections));
        await own.Stream.WriteAsync("?"u8.ToArray());
        var heard = new byte[1];
        await own.Stream.ReadExactlyAsync(heard).AsTask().WaitAsync(TalkVisit.Patience);
        Assert.Equal((byte)'?', heard[0]);
        others.ForEach(visit => visit.Dispose());
    }

    [Fact]
    public async Task A_person_without_Vision_shares_too()
    {
        await using var bed = await ChannelBed.StartAsync(vision: false);
        await using var origin = new TalkOrigin();
        using var own = await OccupyAsync(bed.Client, origin);
        using var visit = await TalkVisit.OpenAsync(bed.Client, origin.At);
        await visit.AskAsync(3_000_000);
        await visit.TakeAsync(3_000_000);
        Assert.Equal(1, StatusOf(bed.Client).SharedTotal);
    }

    [Fact]
    public async Task What_shared_flows_move_is_counted_for_their_person()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        await using var origin = new TalkOrigin();
        using var own = await OccupyAsync(bed.Client, origin);
        var member = bed.Node.Membership.Members.First(m => m.Person.Id == bed.Person.Id);
        var before = member.Down;
        using var visit = await TalkVisit.OpenAsync(bed.Client, origin.At);
        await visit.AskAsync(3_000_000);
        await visit.TakeAsync(3_000_000);
        Assert.Equal(3_000_000, member.Down - before);
    }

    /// <summary>Prints how quick one bulk flow is, on a connection of its own and in a carrier (docs/protocols/mux.md).</summary>
    [Fact]
    public async Task One_bulk_flow_is_whole_and_its_speed_is_printed()
    {
        const long Length = 200_000_000;
        await using var bed = await ChannelBed.StartAsync(vision: true);
        await using var origin = new TalkOrigin();
        var own = await RunAsync(Length);
        using var occupied = await OccupyAsync(bed.Client, origin);
        var shared = await RunAsync(Length);
        Assert.Equal(1, StatusOf(bed.Client).SharedTotal);
        TestContext.Current.TestOutputHelper?.WriteLine($"own {own:0} Mbit/s, shared {shared:0} Mbit/s");

        async Task<double> RunAsync(long length)
        {
            using var visit = await TalkVisit.OpenAsync(bed.Client, origin.At);
            var began = Stopwatch.GetTimestamp();
            await visit.AskAsync(length);
            await visit.TakeAsync(length);
            return length * 8 / Stopwatch.GetElapsedTime(began).TotalSeconds / 1e6;
        }
    }

    /// <summary>Takes the nine places of own connections, so that what comes next shares.</summary>
    private static async Task<Occupied> OccupyAsync(LocalProxy client, TalkOrigin origin) =>
        new(await Task.WhenAll(Enumerable.Range(0, 9).Select(_ => TalkVisit.EchoAsync(client, origin.At))));

    private sealed class Occupied(TalkVisit[] visits) : IDisposable
    {
        public void Dispose()
        {
            foreach (var visit in visits)
                visit.Dispose();
        }
    }
}
