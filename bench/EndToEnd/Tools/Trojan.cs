using Karez.EndToEnd.World;

namespace Karez.EndToEnd.Tools;

/// <summary>trojan: a password inside TLS.</summary>
internal sealed class Trojan : ITool
{
    private const int NodePort = 8444;
    private const int SocksPort = 2082;

    public string Name => "trojan";

    public string? WhyNot => Programs.WhyNot("trojan", "trojan");

    public Task<RunningTool> StartAsync(BenchWorld world, CancellationToken cancellationToken)
    {
        var node = world.Write("trojan-node.json", $$"""
            { "run_type": "server", "local_addr": "{{BenchWorld.NodeAddress}}", "local_port": {{NodePort}},
              "remote_addr": "{{BenchWorld.Origin}}", "remote_port": {{BenchWorld.HttpPort}},
              "password": ["bench"], "log_level": 3,
              "ssl": { "cert": "{{world.CertificatePath}}", "key": "{{world.KeyPath}}", "alpn": ["http/1.1"] } }
            """);
        var client = world.Write("trojan-client.json", $$"""
            { "run_type": "client", "local_addr": "127.0.0.1", "local_port": {{SocksPort}},
              "remote_addr": "{{BenchWorld.NodeAddress}}", "remote_port": {{NodePort}},
              "password": ["bench"], "log_level": 3,
              "ssl": { "verify": false, "verify_hostname": false, "sni": "{{BenchWorld.SiteName}}" } }
            """);
        return Socks.StartAsync(
            world, new RunningTool { Name = Name, Way = Socks.Way(SocksPort) },
            ["trojan", "-c", node], NodePort, ["trojan", "-c", client], cancellationToken);
    }
}
