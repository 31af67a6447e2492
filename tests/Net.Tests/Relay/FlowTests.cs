using Karez.Net.Loops;
using Karez.Net.Relay;
using Karez.Net.Tests.Loops;

namespace Karez.Net.Tests.Relay;

/// <summary>
/// A program, the client's flow, the node's flow and an origin, over three loopback connections:
/// <code>app - [plain  Flow  leg] = [leg  Flow  plain] - origin</code>
/// </summary>
public class FlowTests
{
    private const int Bulk = 20_000_000;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Bulk_behind_a_hidden_handshake_is_spliced_at_both_ends_and_counted_exactly(bool isDown) =>
        RunAsync(isRaw: true, async bed =>
        {
            var (from, to) = isDown ? (bed.Origin, bed.App) : (bed.App, bed.Origin);
            await BarePumpTests.ExchangeAsync(from, to, Bulk);
            Assert.InRange(bed.ClientFlow.Spliced, Bulk / 2, Bulk);
            Assert.InRange(bed.NodeFlow.Spliced, Bulk / 2, Bulk);
            await bed.FinishAsync();
            var (up, down) = isDown ? (bed.HelloUp, bed.HelloDown + Bulk) : (bed.HelloUp + Bulk, bed.HelloDown);
            Assert.Equal(new FlowResult(up, down, FlowEnd.Finished), bed.ClientResult);
            Assert.Equal(new FlowResult(down, up, FlowEnd.Finished), bed.NodeResult);
            Assert.Equal((down, up), (bed.CountedInto, bed.CountedOutOf));
        });

    [Fact]
    public Task Bulk_that_stays_inside_the_tunnel_arrives_and_is_counted() => RunAsync(isRaw: false, async bed =>
    {
        await BarePumpTests.ExchangeAsync(bed.Origin, bed.App, Bulk);
        Assert.Equal((0, 0), (bed.ClientFlow.Spliced, bed.NodeFlow.Spliced));
        await bed.FinishAsync();
        Assert.Equal(bed.HelloDown + Bulk, bed.ClientResult.Down);
        Assert.Equal((bed.HelloDown + Bulk, bed.HelloUp), (bed.CountedInto, bed.CountedOutOf));
    });

    [Fact]
    public Task A_half_close_lets_the_other_direction_go_on_spliced() => RunAsync(isRaw: true, async bed =>
    {
        bed.App.ShutdownWrite();
        Assert.Equal(0, await bed.Origin.ReadAsync(new byte[1]));
        await BarePumpTests.ExchangeAsync(bed.Origin, bed.App, Bulk);
        Assert.InRange(bed.NodeFlow.Spliced, Bulk / 2, Bulk);
        bed.Origin.ShutdownWrite();
        Assert.Equal(0, await bed.App.ReadAsync(new byte[1]));
        await bed.EndAsync();
        Assert.Equal(FlowEnd.Finished, bed.ClientResult.End);
        Assert.Equal(FlowEnd.Finished, bed.NodeResult.End);
    });

    [Fact]
    public Task A_reset_in_the_middle_of_bulk_ends_both_flows_and_is_told_on_the_side_where_it_was() =>
        RunAsync(isRaw: true, async bed =>
        {
            var sending = BarePumpTests.SendAsync(bed.Origin, 100_000_000);
            await BarePumpTests.HashAsync(bed.App, 3_000_000);
            bed.App.Reset();
            await Assert.ThrowsAsync<ConnectionException>(() => sending);
            await bed.EndAsync();
            Assert.Equal(FlowEnd.PlainBroke, bed.ClientResult.End);
            Assert.Equal(FlowEnd.TunnelBroke, bed.NodeResult.End);
            Assert.Equal(bed.CountedInto, bed.NodeResult.Up);
        });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task An_abort_of_the_tunnel_ends_a_flow_whose_program_does_not_read(bool isRaw) =>
        RunAsync(isRaw, async bed =>
        {
            var sending = BarePumpTests.SendAsync(bed.Origin, 100_000_000);
            await BarePumpTests.HashAsync(bed.App, 3_000_000);
            // From here on nobody reads: every buffer on the way fills.
            for (long before = -1; before != bed.ClientFlow.Moved;)
            {
                before = bed.ClientFlow.Moved;
                await bed.Loop.DelayAsync(TimeSpan.FromMilliseconds(200));
            }

            var client = (System.Net.IPEndPoint)bed.ClientEnd.LocalEndPoint!;
            bed.Loop.AbortWhere((local, _) => local.Equals(client));
            await Assert.ThrowsAsync<ConnectionException>(() => sending);
            await bed.EndAsync();
            Assert.Equal(FlowEnd.TunnelBroke, bed.ClientResult.End);
        });

    [Fact]
    public Task A_spliced_flow_that_is_still_for_too_long_ends() => RunAsync(
        isRaw: true,
        async bed =>
        {
            await BarePumpTests.ExchangeAsync(bed.Origin, bed.App, 2_000_000);
            await bed.EndAsync();
            Assert.Contains(FlowEnd.Idle, new[] { bed.ClientResult.End, bed.NodeResult.End });
        },
        new FlowLimits(TimeSpan.FromMilliseconds(400), TimeSpan.FromMilliseconds(400)));

    [Fact]
    public Task A_rate_set_while_a_flow_is_spliced_slows_it_down() => RunAsync(isRaw: true, async bed =>
    {
        var sending = BarePumpTests.SendAsync(bed.Origin, 100_000_000);
        await BarePumpTests.HashAsync(bed.App, 5_000_000);
        bed.DownRate.Change(4_000_000);
        // What stands in the kernel's buffers already comes first.
        await bed.Loop.DelayAsync(TimeSpan.FromMilliseconds(300));
        var before = bed.NodeFlow.Moved;
        var reading = BarePumpTests.HashAsync(bed.App, 95_000_000);
        await bed.Loop.DelayAsync(TimeSpan.FromSeconds(1));
        Assert.InRange(bed.NodeFlow.Moved - before, 2_000_000, 7_000_000);
        bed.DownRate.Change(0);
        await reading;
        await sending;
        await bed.FinishAsync();
    });

    private static Task RunAsync(bool isRaw, Func<FlowBed, ValueTask> play, FlowLimits? limits = null) =>
        LoopBench.RunAsync(async loop =>
        {
            using var bed = await FlowBed.StartAsync(loop, isRaw, limits ?? FlowLimits.Default);
            await play(bed);
        });
}
