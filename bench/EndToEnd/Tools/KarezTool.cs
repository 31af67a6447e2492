using System.Diagnostics;
using System.Text.Json;
using Karez.EndToEnd.World;

namespace Karez.EndToEnd.Tools;

/// <summary>karez with its defaults: Vision, padding, accounts, exit policy, logging.</summary>
internal sealed class KarezTool(string program) : ITool
{
    private const int NodePort = 443;
    private const int SocksPort = 2080;

    public string Name => "karez";

    public string? WhyNot => File.Exists(program) ? null : $"{program} is not there";

    public async Task<RunningTool> StartAsync(BenchWorld world, CancellationToken cancellationToken)
    {
        var state = Path.Combine(world.Folder, "karez");
        var tool = new RunningTool { Name = Name, Way = Socks.Way(SocksPort) };
        tool.Version = await BenchWorld.RunAsync(world.Node, [program, "--version"], cancellationToken);
        var watch = Stopwatch.StartNew();
        tool.StartNode(world, program, "serve", "--state", state, "--target",
            $"{BenchWorld.Origin}:{BenchWorld.HttpsPort}", "--name", BenchWorld.SiteName,
            "--listen", $"{BenchWorld.NodeAddress}:{NodePort}", "--address", $"{BenchWorld.NodeAddress}:{NodePort}",
            "--allow-private");
        await Listening.WaitAsync(world.Node, BenchWorld.NodeAddress, NodePort, cancellationToken);
        tool.StartToListening = watch.Elapsed;
        var answer = await BenchWorld.RunAsync(
            world.Node, [program, "invite", "bench", "--state", state, "--json"], cancellationToken);
        tool.StartClient(world, program, "connect", LinkIn(answer), "--listen", $"127.0.0.1:{SocksPort}");
        await Listening.WaitAsync(world.Client, "127.0.0.1", SocksPort, cancellationToken);
        tool.RestartNode = async stop =>
        {
            foreach (var id in tool.Node)
            {
                using var running = Process.GetProcessById(id);
                running.Kill();
                await running.WaitForExitAsync(stop);
            }

            var clock = Stopwatch.StartNew();
            var again = world.Node.Start(program, "serve", "--state", state);
            tool.ReplaceNode(again);
            await Listening.WaitAsync(world.Node, BenchWorld.NodeAddress, NodePort, stop);
            return clock.Elapsed;
        };
        return tool;
    }

    private static string LinkIn(string answer)
    {
        using var json = JsonDocument.Parse(answer[answer.IndexOf('{', StringComparison.Ordinal)..]);
        return json.RootElement.GetProperty("link").GetString() ?? throw new BenchException($"no link in {answer}");
    }
}
