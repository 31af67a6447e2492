using System.Globalization;
using Karez.EndToEnd.Tools;
using Karez.EndToEnd.World;

namespace Karez.EndToEnd.Figures;

/// <summary>Small requests, each over a new connection.</summary>
internal sealed class Requests(int count, int atOnce) : IMeasurement
{
    public string Name => atOnce == 1 ? "first octet" : $"requests, {atOnce} at a time";

    public async Task<IReadOnlyList<(string Key, double Value)>> MeasureAsync(
        BenchWorld world, RunningTool tool, CancellationToken cancellationToken)
    {
        var before = ProcessCost.CpuSeconds(tool.Node);
        var (rate, p50, p99) = await RunAsync(world, tool, count, atOnce, cancellationToken);
        var cpu = ProcessCost.CpuSeconds(tool.Node) - before;
        return atOnce == 1
            ? [("first.p50", p50), ("first.p99", p99)]
            : tool.Node.Any() ? [("requests", rate), ("requests.node", cpu / count * 1e6)] : [("requests", rate)];
    }

    /// <summary>Runs the load's program in the client's machine.</summary>
    public static async Task<(double Rate, double P50, double P99)> RunAsync(
        BenchWorld world, RunningTool tool, int count, int atOnce, CancellationToken cancellationToken)
    {
        var (code, printed) = await world.Client.RunAsync(Program.Self.Program,
            [.. Program.Self.Arguments, "load", "requests", .. tool.Way.LoadWords, $"{count}", $"{atOnce}"],
            cancellationToken);
        if (code != 0)
            throw new BenchException(printed.Split('\n')[0]);
        var numbers = printed.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(word => double.Parse(word, CultureInfo.InvariantCulture)).ToArray();
        return (numbers[0], numbers[1], numbers[2]);
    }
}
