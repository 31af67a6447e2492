using Karez.Net.Loops;
using Karez.Tests;

namespace Karez.Net.Tests.Loops;

[Collection(nameof(QuietProcess))]
public class IdleCollectorTests
{
    [Fact]
    public async Task A_burst_is_collected_once_when_it_is_quiet_again()
    {
        await using var bench = new LoopBench();
        var collector = IdleCollector.Start(bench.Group);
        var garbage = MakeGarbage();
        Assert.True(garbage.IsAlive);
        await Task.Delay(TimeSpan.FromSeconds(12));
        Assert.Equal(1, collector.Collections);
        Assert.False(garbage.IsAlive);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static WeakReference MakeGarbage()
    {
        WeakReference last = null!;
        for (var i = 0; i < 100; i++)
            last = new WeakReference(new byte[50_000]);
        return last;
    }
}
