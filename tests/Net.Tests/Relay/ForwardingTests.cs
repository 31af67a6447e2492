using Karez.Net.Loops;
using Karez.Net.Relay;
using Karez.Net.Tests.Loops;

namespace Karez.Net.Tests.Relay;

/// <summary>What a stranger does, and what the target does, reaches the other side.</summary>
public class ForwardingTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Octets_and_ends_are_carried_and_the_other_direction_goes_on(bool strangerFirst) =>
        RunAsync(async (stranger, target) =>
        {
            var (first, second) = strangerFirst ? (stranger, target) : (target, stranger);
            await first.WriteAsync("last words"u8.ToArray());
            first.ShutdownWrite();
            Assert.Equal("last words"u8.ToArray(), await LoopBench.ReadToEndAsync(second));
            await second.WriteAsync("still here"u8.ToArray());
            second.ShutdownWrite();
            Assert.Equal("still here"u8.ToArray(), await LoopBench.ReadToEndAsync(first));
        });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_reset_is_carried_as_a_reset(bool strangerFirst) => RunAsync(async (stranger, target) =>
    {
        var (first, second) = strangerFirst ? (stranger, target) : (target, stranger);
        first.Reset();
        var thrown = await Assert.ThrowsAsync<ConnectionException>(async () => await second.ReadAsync(new byte[1]));
        Assert.Equal(ConnectionFault.Reset, thrown.Fault);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_reset_that_answers_octets_after_the_end_is_carried(bool strangerFirst) =>
        RunAsync(async (stranger, target) =>
        {
            var (first, second) = strangerFirst ? (stranger, target) : (target, stranger);
            first.Dispose(); // closed, not only shut: its kernel answers later octets with RST
            Assert.Equal(0, await second.ReadAsync(new byte[1]));
            var reset = new TaskCompletionSource();
            second.WhenReset(reset.SetResult);
            Assert.False(reset.Task.IsCompleted);
            await second.WriteAsync(new byte[1]);
            await reset.Task.WaitAsync(TimeSpan.FromSeconds(5));
            Assert.Equal(ConnectionEnd.Reset, second.PeerEnd);
        });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task An_abort_of_one_side_ends_the_other_that_does_not_read(bool strangerFirst) => LoopBench.RunAsync(
        async loop =>
        {
            var (stranger, door) = await LoopBench.TcpAsync(loop);
            var (inner, target) = await LoopBench.TcpAsync(loop);
            using (stranger)
            using (door)
            using (inner)
            using (target)
            {
                var (sender, near) = strangerFirst ? (stranger, door) : (target, inner);
                var up = Forwarding.CarryAsync(door, inner).AsTask();
                var down = Forwarding.CarryAsync(inner, door).AsTask();
                var sending = BarePumpTests.SendAsync(sender, 100_000_000);
                await loop.DelayAsync(TimeSpan.FromMilliseconds(500));
                near.Abort(ConnectionFault.Aborted);
                var ended = Task.WhenAll(up, down);
                Assert.All(await ended.WaitAsync(TimeSpan.FromSeconds(2)), Assert.False);
                near.Dispose();
                await Assert.ThrowsAsync<ConnectionException>(() => sending);
            }
        });

    /// <summary>A stranger and a target with the forwarding between them.</summary>
    private static Task RunAsync(Func<Connection, Connection, ValueTask> play) => LoopBench.RunAsync(async loop =>
    {
        var (stranger, door) = await LoopBench.TcpAsync(loop);
        var (inner, target) = await LoopBench.TcpAsync(loop);
        using (stranger)
        using (door)
        using (inner)
        using (target)
        {
            var up = Forwarding.CarryAsync(door, inner).AsTask();
            var down = Forwarding.CarryAsync(inner, door).AsTask();
            await play(stranger, target);
            door.Dispose();
            inner.Dispose();
            await Task.WhenAll(up, down);
        }
    });
}
