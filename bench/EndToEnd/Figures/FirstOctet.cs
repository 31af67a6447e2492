using Karez.EndToEnd.Tools;
using Karez.EndToEnd.World;

namespace Karez.EndToEnd.Figures;

/// <summary>The time until an answer begins, over a new connection each time.</summary>
/// <param name="count">How many.</param>
/// <param name="far">Over a distance: then several at once, as nobody is busy.</param>
internal sealed class FirstOctet(int count, bool far) : IMeasurement
{
    public string Key => far ? "far" : "first";

    public string Name => far ? $"first octet, {BenchWorld.RoundTrip.TotalMilliseconds:0} ms away" : "first octet";

    public async Task<IReadOnlyList<(string Key, double Value)>> MeasureAsync(
        BenchWorld world, RunningTool tool, CancellationToken cancellationToken)
    {
        if (!far)
        {
            var near = await Requests.RunAsync(world, tool, count, 1, cancellationToken);
            return [("first.p50", near.P50), ("first.p99", near.P99)];
        }

        if (tool.At is not null)
            return []; // The device is at no distance.
        using var distance = world.GoFar();
        var (_, p50, p99) = await Requests.RunAsync(world, tool, count, 4, cancellationToken);
        return [("far.p50", p50 / 1000), ("far.p99", p99 / 1000)];
    }
}
