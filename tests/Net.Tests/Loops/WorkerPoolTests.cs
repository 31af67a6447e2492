using Karez.Net.Loops;

namespace Karez.Net.Tests.Loops;

public class WorkerPoolTests
{
    [Fact]
    public Task Comes_back_to_the_loop_with_the_result() => LoopBench.RunAsync(async loop =>
    {
        using var pool = new WorkerPool("worker", threads: 2, capacity: 10);
        Assert.Equal(0, pool.Threads);
        Assert.Null(await pool.RunAsync(() => EventLoop.Current));
        Assert.True(loop.IsCurrent);
        await Assert.ThrowsAsync<InvalidDataException>(async () =>
            await pool.RunAsync<int>(() => throw new InvalidDataException()));
        Assert.True(loop.IsCurrent);
    });

    [Fact]
    public Task A_full_queue_makes_callers_wait_in_turn() => LoopBench.RunAsync(async loop =>
    {
        using var pool = new WorkerPool("worker", threads: 2, capacity: 3);
        var atOnce = 0;
        var most = 0;
        var work = Enumerable.Range(0, 200).Select(i => pool.RunAsync(() =>
        {
            var now = Interlocked.Increment(ref atOnce);
            if (now > Volatile.Read(ref most)) Volatile.Write(ref most, now);
            Thread.Sleep(i % 3 == 0 ? 1 : 0);
            Interlocked.Decrement(ref atOnce);
            return i;
        }).AsTask()).ToList();
        Assert.Equal(Enumerable.Range(0, 200), await Task.WhenAll(work));
        Assert.InRange(most, 1, 2);
        Assert.InRange(pool.Threads, 1, 2);
        Assert.True(loop.IsCurrent);
    });

    [Fact]
    public Task Disposing_cancels_what_waits() => LoopBench.RunAsync(async _ =>
    {
        var pool = new WorkerPool("worker", threads: 1, capacity: 10);
        using var gate = new ManualResetEventSlim();
        var begun = new TaskCompletionSource();
        var first = pool.RunAsync(() =>
        {
            begun.SetResult();
            gate.Wait();
            return 1;
        }).AsTask();
        await begun.Task;
        var second = pool.RunAsync(() => 2).AsTask();
        pool.Dispose();
        gate.Set();
        Assert.Equal(1, await first);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await pool.RunAsync(() => 3));
    });
}
