using Karez.EndToEnd.World;

namespace Karez.EndToEnd.Tools;

/// <summary>shadowsocks-libev with chacha20-ietf-poly1305.</summary>
internal sealed class Shadowsocks : ITool
{
    private const int NodePort = 8388;
    private const int SocksPort = 2081;

    public string Name => "shadowsocks-libev";

    public string? WhyNot => Programs.WhyNot("ss-server", "shadowsocks-libev");

    public Task<RunningTool> StartAsync(BenchWorld world, CancellationToken cancellationToken)
    {
        string[] shared = ["-p", $"{NodePort}", "-k", "bench", "-m", "chacha20-ietf-poly1305", "-t", "900"];
        return Socks.StartAsync(
            world, new RunningTool { Name = Name, Way = Socks.Way(SocksPort) },
            ["ss-server", "-s", BenchWorld.NodeAddress, .. shared], NodePort,
            ["ss-local", "-s", BenchWorld.NodeAddress, "-b", "127.0.0.1", "-l", $"{SocksPort}", .. shared],
            cancellationToken);
    }
}
