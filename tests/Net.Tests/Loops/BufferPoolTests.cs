using Karez.Net.Loops;

namespace Karez.Net.Tests.Loops;

public class BufferPoolTests
{
    [Fact]
    public Task Counts_what_is_lent_and_lends_it_again() => LoopBench.RunAsync(loop =>
    {
        foreach (var size in Enum.GetValues<BufferSize>())
        {
            var rented = loop.Buffers.Rent(size);
            Assert.Equal(BufferPool.OctetsOf(size), rented.Memory.Length);
            Assert.Equal(BufferPool.OctetsOf(size), rented.Span.Length);
            Assert.Equal(1, loop.Buffers.Outstanding);
            rented.Span[^1] = 7;
            rented.Dispose();
            rented.Dispose();
            Assert.Equal(0, loop.Buffers.Outstanding);
            using var again = loop.Buffers.Rent(size);
            Assert.Equal(7, again.Span[^1]);
        }

        return default;
    });

    [Fact]
    public Task Memory_kept_too_long_throws_even_when_lent_again() => LoopBench.RunAsync(loop =>
    {
        var rented = loop.Buffers.Rent(BufferSize.Small);
        var kept = rented.Memory.Slice(5, 5);
        rented.Dispose();
        using var again = loop.Buffers.Rent(BufferSize.Small);
        Assert.Throws<ObjectDisposedException>(() => kept.Span[0]);
        return default;
    });

    [Fact]
    public async Task Another_thread_may_give_back()
    {
        await using var bench = new LoopBench();
        var rented = await bench.Loop.RunAsync(() => ValueTask.FromResult(bench.Loop.Buffers.Rent(BufferSize.Read)));
        rented.Dispose();
        Assert.Equal(0, bench.Loop.Buffers.Outstanding);
    }

    [Fact]
    public Task A_bursts_memory_goes_back() => LoopBench.RunAsync(async loop =>
    {
        var burst = Enumerable.Range(0, 100).Select(_ => loop.Buffers.Rent(BufferSize.Read)).ToList();
        burst.ForEach(b => b.Span.Fill(1));
        Assert.Equal(100, loop.Buffers.Outstanding);
        burst.ForEach(b => b.Dispose());
        Assert.InRange(loop.Buffers.Cached, 1, 4 * 1024 * 1024);
        // Two seconds on a quiet machine.
        for (var tries = 0; tries < 100 && loop.Buffers.Cached > 0; tries++)
            await loop.DelayAsync(TimeSpan.FromMilliseconds(100));
        Assert.Equal(0, loop.Buffers.Cached);
    });
}
