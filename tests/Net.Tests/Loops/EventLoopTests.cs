using System.Diagnostics;
using Karez.Net.Loops;

namespace Karez.Net.Tests.Loops;

public class EventLoopTests
{
    [Fact]
    public Task A_foreign_task_comes_back_to_the_loop() => LoopBench.RunAsync(async loop =>
    {
        Assert.True(loop.IsCurrent);
        Assert.Equal(7, await Task.Run(() => 7, TestContext.Current.CancellationToken));
        Assert.True(loop.IsCurrent);
        await Task.Delay(5, TestContext.Current.CancellationToken);
        Assert.True(loop.IsCurrent);
        await Task.Yield();
        Assert.True(loop.IsCurrent);
    });

    [Fact]
    public async Task What_leaves_a_flow_is_reported_and_the_loop_lives_on()
    {
        await using var bench = new LoopBench();
        bench.Loop.Start(async () =>
        {
            await bench.Loop.DelayAsync(TimeSpan.FromMilliseconds(1));
            throw new InvalidDataException("flow");
        });
        bench.Loop.Post(() => throw new InvalidDataException("posted"));
        await bench.Loop.RunAsync(() => bench.Loop.DelayAsync(TimeSpan.FromMilliseconds(20)));
        Assert.Equal(["flow", "posted"], bench.Unhandled.Select(e => e.Message).Order());
        bench.Unhandled.Clear();
        Assert.Equal(3, await bench.Loop.RunAsync(() => ValueTask.FromResult(3)));
    }

    [Fact]
    public async Task Who_waits_for_a_flow_that_never_ends_hears_that_its_loop_did()
    {
        var loop = new EventLoop("loop", TimeProvider.System, _ => { });
        var never = new TaskCompletionSource();
        var waiting = loop.RunAsync(async () => await never.Task);
        await loop.DisposeAsync(); // gives flows five seconds
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(5)));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => loop.RunAsync(() => ValueTask.CompletedTask));
    }

    [Fact]
    public async Task A_callback_that_throws_does_not_end_the_loop()
    {
        await using var loop = new EventLoop("loop", TimeProvider.System, e => throw e);
        loop.Post(() => throw new InvalidDataException());
        Assert.Equal(3, await loop.RunAsync(() => ValueTask.FromResult(3)));
        Assert.Equal(1, loop.Unreported);
    }

    [Fact]
    public async Task The_callers_exception_is_the_callers()
    {
        await using var bench = new LoopBench();
        await Assert.ThrowsAsync<InvalidDataException>(() => bench.Loop.RunAsync(async () =>
        {
            await bench.Loop.YieldAsync();
            throw new InvalidDataException();
        }));
    }

    [Fact]
    public async Task Posts_from_many_threads_all_run_in_their_order()
    {
        await using var bench = new LoopBench();
        var seen = new List<int>[4];
        await Task.WhenAll(Enumerable.Range(0, 4).Select(t => Task.Run(async () =>
        {
            seen[t] = [];
            for (var i = 0; i < 20_000; i++)
            {
                var number = i;
                bench.Loop.Post(() => seen[t].Add(number));
                // Lets the loop fall asleep now and then.
                if (i % 5_000 == 0) await Task.Delay(2);
            }
        })));
        await bench.Loop.RunAsync(() => default);
        Assert.All(seen, s => Assert.Equal(Enumerable.Range(0, 20_000), s));
    }

    [Fact]
    public Task Delays_are_kept() => LoopBench.RunAsync(async loop =>
    {
        foreach (var milliseconds in new[] { 0, 1, 10, 70, 200 })
        {
            var watch = Stopwatch.StartNew();
            var before = loop.Now;
            await loop.DelayAsync(TimeSpan.FromMilliseconds(milliseconds));
            Assert.InRange((loop.Now - before).TotalMilliseconds, milliseconds, milliseconds + 150);
            Assert.InRange(watch.ElapsedMilliseconds, milliseconds - 2, milliseconds + 150);
        }
    });

    [Fact]
    public async Task The_end_of_a_loop_ends_what_waits_on_it()
    {
        var bench = new LoopBench();
        var faults = new List<ConnectionFault>();
        var started = new TaskCompletionSource();
        bench.Loop.Start(async () =>
        {
            var (first, second) = Connection.Pair(bench.Loop);
            using (first)
            using (second)
            {
                var thrown = await Assert.ThrowsAsync<ConnectionException>(
                    async () => await first.ReadAsync(new byte[1]));
                faults.Add(thrown.Fault);
            }
        });
        bench.Loop.Start(async () =>
        {
            started.SetResult();
            var thrown = await Assert.ThrowsAsync<ConnectionException>(
                async () => await bench.Loop.DelayAsync(TimeSpan.FromDays(1)));
            faults.Add(thrown.Fault);
            thrown = await Assert.ThrowsAsync<ConnectionException>(
                async () => await bench.Loop.DelayAsync(TimeSpan.FromDays(1)));
            faults.Add(thrown.Fault);
        });
        await started.Task;
        var watch = Stopwatch.StartNew();
        await bench.DisposeAsync();
        Assert.Equal(Enumerable.Repeat(ConnectionFault.Closed, 3), faults);
        Assert.InRange(watch.ElapsedMilliseconds, 0, 2_000);
    }

    [Fact]
    public async Task A_reader_that_never_waits_by_itself_does_not_hold_the_loop()
    {
        await using var bench = new LoopBench(2);
        var (reading, writing) = (bench.Group.Loops[0], bench.Group.Loops[1]);
        var (second, first) = await reading.RunAsync(
            () => ValueTask.FromResult(Connection.Pair(reading, reading)));
        // The writer's end goes over to the other loop by its descriptor.
        var descriptor = Sys.Descriptors.Duplicate(first.Descriptor);
        Assert.True(descriptor >= 0);
        await reading.RunAsync(() => { first.Dispose(); return default; });
        var writer = writing.RunAsync(async () =>
        {
            using var connection = Connection.FromAccepted(writing, descriptor, null, isIP: false);
            var buffer = new byte[65536];
            for (var i = 0; i < 5_000; i++) await connection.WriteAsync(buffer);
        });
        var reader = reading.RunAsync(async () =>
        {
            using (second)
            {
                var buffer = new byte[4096];
                while (true)
                {
                    await second.WaitReadableAsync();
                    while (second.TryRead(buffer, out var count))
                        if (count == 0) return;
                }
            }
        });
        var turns = await reading.RunAsync(() => ValueTask.FromResult(reading.Turn));
        await Task.WhenAll(writer, reader);
        // 5,000 writes of 64 KiB in reads of 4 KiB, 17 at most a turn.
        Assert.InRange(reading.Turn - turns, 1_000, long.MaxValue);
    }

    [Fact]
    public Task A_fast_pair_does_not_starve_the_others() => LoopBench.RunAsync(async loop =>
    {
        var (first, second) = Connection.Pair(loop);
        using (first)
        using (second)
        {
            async Task PumpAsync()
            {
                var buffer = new byte[4096];
                for (var i = 0; i < 1600; i++)
                {
                    await first.WriteAsync(buffer);
                    await second.ReadAsync(buffer);
                }
            }

            var before = loop.Turn;
            var pump = PumpAsync();
            var others = 0;
            while (!pump.IsCompleted)
            {
                await loop.YieldAsync();
                others++;
            }

            await pump;
            Assert.InRange(loop.Turn - before, 50, 1600);
            Assert.InRange(others, 50, 1600);
        }
    });
}
