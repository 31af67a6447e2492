using Karez.EndToEnd.World;

namespace Karez.EndToEnd.Tools;

/// <summary>hysteria 2, over QUIC. A binary named by path.</summary>
internal sealed class Hysteria(string? program) : ITool
{
    private const int NodePort = 8449;
    private const int SocksPort = 2087;

    public string Name => "hysteria 2";

    public string? WhyNot => NamedBinary.WhyNot("hysteria", program);

    public async Task<RunningTool> StartAsync(BenchWorld world, CancellationToken cancellationToken)
    {
        var path = program!; // WhyNot was asked.
        var node = world.Write("hysteria-node.yaml", $"""
            listen: {BenchWorld.NodeAddress}:{NodePort}
            tls: [cert: {world.CertificatePath}, key: {world.KeyPath}]
            auth: [type: password, password: bench]

            """.Replace("[", "{ ", StringComparison.Ordinal).Replace("]", " }", StringComparison.Ordinal));
        var client = world.Write("hysteria-client.yaml", $"""
            server: {BenchWorld.NodeAddress}:{NodePort}
            auth: bench
            tls: [sni: {BenchWorld.SiteName}, insecure: true]
            socks5: [listen: 127.0.0.1:{SocksPort}]

            """.Replace("[", "{ ", StringComparison.Ordinal).Replace("]", " }", StringComparison.Ordinal));
        var tool = new RunningTool { Name = Name, Way = Socks.Way(SocksPort) };
        tool.StartNode(world, path, "server", "-c", node);
        tool.StartClient(world, path, "client", "-c", client);
        await Listening.WaitAsync(world.Client, "127.0.0.1", SocksPort, cancellationToken, tool.Said);
        return tool;
    }
}
