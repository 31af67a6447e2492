using System.Diagnostics;
using System.Security.Cryptography;
using Karez.Route.Lists;
using Karez.Route.Sources;

namespace Karez.Route.Tests;

/// <summary>A million names. The bounds of time are wide, as suites run beside one another; docs/performance.md has figures.</summary>
[Collection(nameof(QuietProcess))]
public class MillionTests(ITestOutputHelper output)
{
    private const int Count = 1_000_000;

    [Fact]
    public void A_million_names_are_compiled_opened_and_asked_within_bounds()
    {
        var source = ManyNames.List(Count);
        var digest = SHA256.HashData(source);
        var watch = Stopwatch.StartNew();
        Assert.Equal(RouteFault.None, RouteSource.TryCompile(source, digest, out var compiled));
        Say("compiled", watch.Elapsed);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 20);
        var octets = compiled.Join();
        compiled = null;
        Assert.Equal(0, BitConverter.ToInt32(octets, 48));
        Assert.InRange(octets.Length, 0, 48 << 20);

        GC.Collect();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        watch.Restart();
        Assert.True(RouteList.TryOpen("many", octets, digest, out var list));
        var table = Asking.Table(
            [new RouteRule(RouteAction.Direct, "r") { Lists = ["many"] }, RouteRule.Private], list);
        Say("opened", watch.Elapsed);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 1);
        Assert.Equal(Count, list.Entries);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 1 << 20);
        output.WriteLine($"{octets.Length / 1048576.0:0.0} MiB");

        var names = ManyNames.Asked(100_000, Count);
        Assert.Equal(names.Length / 2, names.Count(name => table.Ask(name) == RouteAction.Direct));
        var times = new long[names.Length];
        for (var i = 0; i < names.Length; i++)
        {
            var start = Stopwatch.GetTimestamp();
            table.DecideName(names[i]);
            times[i] = Stopwatch.GetTimestamp() - start;
        }

        Array.Sort(times);
        foreach (var part in (double[])[0.5, 0.99])
            Say($"asked, {part:0.00}", Stopwatch.GetElapsedTime(0, times[(int)(times.Length * part)]));
        Assert.InRange(Stopwatch.GetElapsedTime(0, times[(int)(times.Length * 0.99)]).TotalMicroseconds, 0, 20);
    }

    private void Say(string what, TimeSpan time) => output.WriteLine($"{what}: {time.TotalMicroseconds:#,0.00} us");
}
