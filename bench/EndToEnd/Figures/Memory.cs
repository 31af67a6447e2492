using Karez.EndToEnd.Tools;
using Karez.EndToEnd.World;

namespace Karez.EndToEnd.Figures;

/// <summary>What is resident.</summary>
internal static class Memory
{
    private const double KibPerMib = 1024;

    // Garbage of handshakes is not what is held: every tool has the time to collect it.
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(15);

    /// <summary>Whether it has connections that could be held: tunnels of packets have none.</summary>
    public static bool HasConnections(RunningTool tool) =>
        tool.Node.Any() && !tool.Shares && (tool.Way.SocksPort is not null || tool.Way.IsPort);

    /// <summary>Right after the start.</summary>
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

    /// <summary>For each of so many connections that had an answer and stay open, when their making is over.</summary>
    public static async Task<IReadOnlyList<(string Key, double Value)>> HoldAsync(
        BenchWorld world, RunningTool tool, int count, CancellationToken cancellationToken)
    {
        var before = Ends(tool).ToDictionary(end => end.Name, end => ProcessCost.Memory(end.Processes).Rss);
        using var load = tool.UsedAt(world).Start(Program.Self.Program,
            [.. Program.Self.Arguments, "load", "hold", .. tool.Way.LoadWords, $"{count}"]);
        await load.WaitForAsync("held", cancellationToken);
        await Task.Delay(s_rest, cancellationToken);
        return
        [
            .. Ends(tool).Select(end => ($"held.{count}.{end.Name}",
                (double)(ProcessCost.Memory(end.Processes).Rss - before[end.Name]) / count)),
        ];
    }

    /// <summary>After many connections came and went, and a rest.</summary>
    public static IReadOnlyList<(string Key, double Value)> Rested(RunningTool tool) =>
    [
        .. Ends(tool).Select(end => ($"rested.{end.Name}", ProcessCost.Memory(end.Processes).Rss / KibPerMib)),
    ];

    private static IEnumerable<(string Name, IEnumerable<int> Processes)> Ends(RunningTool tool)
    {
        if (tool.Node.Any())
            yield return ("node", tool.Node);
        if (tool.Client.Any())
            yield return ("client", tool.Client);
    }
}
