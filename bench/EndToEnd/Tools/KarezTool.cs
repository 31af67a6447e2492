using Karez.EndToEnd.World;

namespace Karez.EndToEnd.Tools;

/// <summary>karez by its SOCKS5 port.</summary>
internal sealed class KarezTool(string program) : ITool
{
    private const int SocksPort = 2080;

    public string Name => "karez";

    public string? WhyNot => File.Exists(program) ? null : $"{program} is not there";

    public async Task<RunningTool> StartAsync(BenchWorld world, CancellationToken cancellationToken)
    {
        var tool = new RunningTool { Name = Name, Way = Socks.Way(SocksPort) };
        var link = await new KarezNode(world, program, BenchWorld.NodeAddress).StartAsync(tool, cancellationToken);
        tool.StartClient(world, program, "connect", link, "--listen", $"127.0.0.1:{SocksPort}",
            "--state", Path.Combine(world.Folder, "karez-client"));
        await Listening.WaitAsync(world.Client, "127.0.0.1", SocksPort, cancellationToken, tool.Said);
        return tool;
    }
}
