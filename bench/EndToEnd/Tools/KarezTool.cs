using Karez.EndToEnd.World;

namespace Karez.EndToEnd.Tools;

/// <summary>karez by its SOCKS5 port: with its defaults, or with a connection for every flow.</summary>
/// <param name="program">karez.</param>
/// <param name="shares">
/// Whether flows beyond the twelfth connection share, as by default. What a connection costs is seen without.
/// </param>
internal sealed class KarezTool(string program, bool shares) : ITool
{
    public string Name => shares ? "karez" : "karez, unshared";

    public string? WhyNot => File.Exists(program) ? null : $"{program} is not there";

    private int NodePort => shares ? 443 : 9443;

    private int SocksPort => shares ? 2080 : 2090;

    public async Task<RunningTool> StartAsync(BenchWorld world, CancellationToken cancellationToken)
    {
        var tool = new RunningTool
        {
            Name = Name,
            Way = Socks.Way(SocksPort),
            Shares = shares,
            Only = shares ? [] : ["requests", "held", "rested"],
        };
        var link = await new KarezNode(world, program, BenchWorld.NodeAddress, NodePort).StartAsync(tool, cancellationToken);
        var config = Path.Combine(world.Folder, $"karez-client-{SocksPort}.json");
        var limit = shares ? "" : """, "endpoints": { "connections": 0 }""";
        await File.WriteAllTextAsync(config, $$"""{ "links": ["{{link}}"]{{limit}} }""", cancellationToken);
        tool.StartClient(world, program, "connect", "--config", config, "--listen", $"127.0.0.1:{SocksPort}",
            "--state", Path.Combine(world.Folder, $"karez-client-{SocksPort}"));
        await Listening.WaitAsync(world.Client, "127.0.0.1", SocksPort, cancellationToken, tool.Said);
        return tool;
    }
}
