using Karez.EndToEnd.World;

namespace Karez.EndToEnd.Tools;

/// <summary>sing-box with Shadowsocks 2022, its fastest protocol with cryptography. A binary named by path.</summary>
internal sealed class SingBox(string? program) : ITool
{
    private const string Key = "MDEyMzQ1Njc4OWFiY2RlZg==";
    private const int NodePort = 8448;
    private const int SocksPort = 2086;

    public string Name => "sing-box SS-2022";

    public string? WhyNot => NamedBinary.WhyNot("sing-box", program);

    public async Task<RunningTool> StartAsync(BenchWorld world, CancellationToken cancellationToken)
    {
        var path = program!; // WhyNot was asked.
        var node = world.Write("sing-box-node.json", $$"""
            { "log": { "level": "error" },
              "inbounds": [ { "type": "shadowsocks", "listen": "{{BenchWorld.NodeAddress}}",
                "listen_port": {{NodePort}}, "method": "2022-blake3-aes-128-gcm", "password": "{{Key}}" } ],
              "outbounds": [ { "type": "direct" } ] }
            """);
        var client = world.Write("sing-box-client.json", $$"""
            { "log": { "level": "error" },
              "inbounds": [ { "type": "socks", "listen": "127.0.0.1", "listen_port": {{SocksPort}} } ],
              "outbounds": [ { "type": "shadowsocks", "server": "{{BenchWorld.NodeAddress}}",
                "server_port": {{NodePort}}, "method": "2022-blake3-aes-128-gcm", "password": "{{Key}}" } ] }
            """);
        var tool = new RunningTool { Name = Name, Way = Socks.Way(SocksPort) };
        var version = await BenchWorld.RunAsync(world.Node, [path, "version"], cancellationToken);
        tool.Version = version.Split('\n')[0];
        return await Socks.StartAsync(
            world, tool, [path, "run", "-c", node], NodePort, [path, "run", "-c", client], cancellationToken);
    }
}
