using System.Globalization;
using Karez.EndToEnd.Tools;
using Karez.EndToEnd.World;

namespace Karez.EndToEnd.Figures;

/// <summary>Small requests, each over a new connection, many at once: how many a second, and what one costs.</summary>
internal sealed class Requests(int count) : IMeasurement
{
    private const int AtOnce = 32;

    public string Key => "requests";

    public string Name => $"requests, {AtOnce} at a time";

    public async Task<IReadOnlyList<(string Key, double Value)>> MeasureAsync(
        BenchWorld world, RunningTool tool, CancellationToken cancellationToken)
    {
        var (client, node) = (ProcessCost.CpuSeconds(tool.Client), ProcessCost.CpuSeconds(tool.Node));
        var (rate, _, _) = await RunAsync(world, tool, count, AtOnce, cancellationToken);
        client = ProcessCost.CpuSeconds(tool.Client) - client;
        node = ProcessCost.CpuSeconds(tool.Node) - node;
        List<(string, double)> figures = [("requests", rate)];
        if (node > 0)
            figures.Add(("requests.node", node / count * 1e6));
        if (node > 0 && !tool.Shares)
            figures.Add(("handshakes", count / node));
        if (client > 0)
            figures.Add(("requests.client", client / count * 1e6));
        return figures;
    }

    /// <summary>Runs the load's program where the tool is used.</summary>
    public static async Task<(double Rate, double P50, double P99)> RunAsync(
        BenchWorld world, RunningTool tool, int count, int atOnce, CancellationToken cancellationToken)
    {
        var (code, printed) = await tool.UsedAt(world).RunAsync(Program.Self.Program,
            [.. Program.Self.Arguments, "load", "requests", .. tool.Way.LoadWords, $"{count}", $"{atOnce}"],
            cancellationToken);
        if (code != 0)
            throw new BenchException(printed.Split('\n')[0]);
        var numbers = printed.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(word => double.Parse(word, CultureInfo.InvariantCulture)).ToArray();
        return (numbers[0], numbers[1], numbers[2]);
    }
}
