using Karez.EndToEnd.Tools;
using Karez.EndToEnd.World;

namespace Karez.EndToEnd.Figures;

/// <summary>What is resident: at start, for each connection held, and a minute after many came and went.</summary>
internal sealed class Memory(bool quick) : IMeasurement
{
    private const double KibPerMib = 1024;

    public string Name => "memory";

    /// <summary>What is resident right after the start.</summary>
    public static IReadOnlyList<(string Key, double Value)> AtStart(RunningTool tool)
    {
        var figures = new List<(string, double)>();
        foreach (var (end, processes) in Ends(tool))
        {
            var (rss, anonymous) = ProcessCost.Memory(processes);
            figures.Add(($"rss.{end}", rss / KibPerMib));
            figures.Add(($"anonymous.{end}", anonymous / KibPerMib));
        }

        return figures;
    }

    public async Task<IReadOnlyList<(string Key, double Value)>> MeasureAsync(
        BenchWorld world, RunningTool tool, CancellationToken cancellationToken)
    {
        var figures = new List<(string, double)>();
        // Tunnels of packets hold no connections.
        if (!tool.Client.Any() || (tool.Way.SocksPort is null && tool.Way.Host != "127.0.0.1"))
            return figures;
        foreach (var count in quick ? [1000] : (int[])[1000, 9000])
            figures.AddRange(await HoldAsync(world, tool, count, cancellationToken));
        if (!quick)
        {
            await Requests.RunAsync(world, tool, 10_000, 16, cancellationToken);
            await Task.Delay(TimeSpan.FromSeconds(60), cancellationToken);
            figures.AddRange(Ends(tool).Select(end =>
                ($"rested.{end.Name}", ProcessCost.Memory(end.Processes).Rss / KibPerMib)));
        }

        return figures;
    }

    private static async Task<List<(string Key, double Value)>> HoldAsync(
        BenchWorld world, RunningTool tool, int count, CancellationToken cancellationToken)
    {
        var before = Ends(tool).ToDictionary(end => end.Name, end => ProcessCost.Memory(end.Processes).Rss);
        using var load = world.Client.Start(Program.Self.Program,
            [.. Program.Self.Arguments, "load", "hold", .. tool.Way.LoadWords, $"{count}"]);
        await load.WaitForAsync("held", cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(3), cancellationToken);
        return
        [
            .. Ends(tool).Select(end => ($"held.{count}.{end.Name}",
                (double)(ProcessCost.Memory(end.Processes).Rss - before[end.Name]) / count)),
        ];
    }

    private static IEnumerable<(string Name, IEnumerable<int> Processes)> Ends(RunningTool tool)
    {
        if (tool.Node.Any())
            yield return ("node", tool.Node);
        if (tool.Client.Any())
            yield return ("client", tool.Client);
    }
}
