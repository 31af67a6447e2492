using System.Collections.Concurrent;
using Karez.Client.Device;
using Karez.Guard.Switch;
using Karez.Net.Tunnel;

namespace Karez.Device.Tests;

/// <summary>Whether the node answers is looked for at once, then more seldom, and at once again after a move.</summary>
public class HealthTests
{
    [Fact]
    public async Task It_looks_at_once_and_then_sends_nothing_while_all_is_well()
    {
        var (probes, told) = (0, new ConcurrentQueue<SwitchEvent>());
        await using var health = new ChannelHealth(
            () =>
            {
                Interlocked.Increment(ref probes);
                return Task.CompletedTask;
            },
            (what, _) => told.Enqueue(what),
            TimeProvider.System);
        await Until(() => told.Contains(SwitchEvent.Answered));
        await Task.Delay(1500);
        Assert.Equal(1, probes);
        health.Look(moved: true);
        await Until(() => Volatile.Read(ref probes) == 2);
    }

    [Fact]
    public async Task It_tries_more_and_more_seldom_until_the_network_changes()
    {
        var (probes, works) = (0, false);
        var told = new ConcurrentQueue<SwitchEvent>();
        await using var health = new ChannelHealth(
            () =>
            {
                Interlocked.Increment(ref probes);
                return Volatile.Read(ref works)
                    ? Task.CompletedTask
                    : Task.FromException(new TunnelException(TunnelFault.NodeUnreachable));
            },
            (what, _) => told.Enqueue(what),
            TimeProvider.System);
        await Task.Delay(2200); // at 0, 0.25, 0.75, 1.75 s
        Assert.InRange(Volatile.Read(ref probes), 3, 5);
        Assert.DoesNotContain(SwitchEvent.Answered, told);
        Volatile.Write(ref works, true);
        health.Look(moved: true);
        await Until(() => told.Contains(SwitchEvent.Answered), 1000);
    }

    [Theory]
    [InlineData(false, 360, 370)]
    [InlineData(true, 60, 75)]
    public async Task An_hour_without_the_node_costs_few_probes_and_fewer_where_octets_cost_money(
        bool isMetered, int least, int most)
    {
        var (probes, time) = (0, new SkippingTime());
        var hour = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var health = new ChannelHealth(
            () =>
            {
                probes++;
                if (time.Waited >= TimeSpan.FromHours(1))
                    hour.TrySetResult(probes);
                return Task.FromException(new TunnelException(TunnelFault.NodeUnreachable));
            },
            (_, _) => { },
            time,
            isMetered);
        Assert.InRange(await hour.Task.WaitAsync(TimeSpan.FromSeconds(20)), least, most);
    }

    [Fact]
    public async Task Who_wants_a_look_after_the_end_is_not_troubled()
    {
        var health = new ChannelHealth(() => Task.CompletedTask, (_, _) => { }, TimeProvider.System);
        await health.DisposeAsync();
        health.Look(moved: false);
        health.Look(moved: true);
    }

    /// <summary>Every wait is over at once, and added up.</summary>
    private sealed class SkippingTime : TimeProvider
    {
        private long _waited;

        public TimeSpan Waited => new(Interlocked.Read(ref _waited));

        public override ITimer CreateTimer(
            TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var wait = dueTime == Timeout.InfiniteTimeSpan ? TimeSpan.Zero : dueTime;
            Interlocked.Add(ref _waited, wait.Ticks);
            return System.CreateTimer(callback, state, wait == TimeSpan.Zero ? dueTime : TimeSpan.Zero, period);
        }
    }

    private static async Task Until(Func<bool> condition, int milliseconds = 5000)
    {
        for (var i = 0; i < milliseconds / 20 && !condition(); i++)
            await Task.Delay(20);
        Assert.True(condition());
    }
}
