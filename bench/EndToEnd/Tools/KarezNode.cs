using System.Diagnostics;
using System.Text.Json;
using Karez.EndToEnd.World;

namespace Karez.EndToEnd.Tools;

/// <summary>karez's node with its defaults: Vision, padding, accounts, exit policy, logging.</summary>
/// <param name="world">The world.</param>
/// <param name="program">karez.</param>
/// <param name="address">Where it listens.</param>
/// <param name="port">At which port.</param>
internal sealed class KarezNode(BenchWorld world, string program, string address, int port = 443)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);
    private readonly string _state = Path.Combine(world.Folder, $"karez-{address}-{port}");

    /// <summary>Starts it for the first time, and invites one person.</summary>
    /// <returns>The link.</returns>
    public async Task<string> StartAsync(RunningTool tool, CancellationToken cancellationToken)
    {
        tool.Version = await BenchWorld.RunAsync(world.Node, [program, "--version"], cancellationToken);
        var watch = Stopwatch.StartNew();
        tool.StartNode(world, program, "serve", "--state", _state, "--target",
            $"{BenchWorld.Origin}:{BenchWorld.HttpsPort}", "--name", BenchWorld.SiteName,
            "--listen", $"{address}:{port}", "--address", $"{address}:{port}", "--allow-private");
        await Listening.WaitAsync(world.Node, address, port, cancellationToken, tool.Said);
        tool.StartToListening = watch.Elapsed;
        tool.RestartNode = stop => RestartAsync(tool, stop);
        var answer = await BenchWorld.RunAsync(
            world.Node, [program, "invite", "bench", "--state", _state, "--json"], cancellationToken);
        using var json = JsonDocument.Parse(answer[answer.IndexOf('{', StringComparison.Ordinal)..]);
        return json.RootElement.GetProperty("link").GetString() ?? throw new BenchException($"no link in {answer}");
    }

    /// <summary>Once it has learnt its target. The time of ip(8), which enters the namespace before the program begins, is in it.</summary>
    private async Task<TimeSpan> RestartAsync(RunningTool tool, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        while (!File.Exists(Path.Combine(_state, "learnt.json")))
        {
            if (clock.Elapsed > s_patience)
                throw new BenchException("nothing was learnt of the target");
            await Task.Delay(200, cancellationToken);
        }

        foreach (var id in tool.Node)
        {
            using var running = Process.GetProcessById(id);
            running.Kill();
            await running.WaitForExitAsync(cancellationToken);
        }

        var watch = Stopwatch.StartNew();
        tool.ReplaceNode(world.Node.Start(program, "serve", "--state", _state));
        await Listening.WaitAsync(world.Node, address, port, cancellationToken, tool.Said);
        return watch.Elapsed;
    }
}
