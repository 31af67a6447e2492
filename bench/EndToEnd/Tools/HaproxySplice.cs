using Karez.EndToEnd.World;

namespace Karez.EndToEnd.Tools;

/// <summary>haproxy moving octets with splice(2), without cryptography: the bound for relays.</summary>
internal sealed class HaproxySplice(int hops) : ITool
{
    private readonly int _port = 7000 + (hops * 100);

    public string Name => hops == 1 ? "haproxy splice, 1 hop" : "haproxy splice, 2 hops";

    public string? WhyNot => Programs.WhyNot("haproxy", "haproxy");

    public async Task<RunningTool> StartAsync(BenchWorld world, CancellationToken cancellationToken)
    {
        var tool = new RunningTool
        {
            Name = Name,
            Way = new Way(hops == 1 ? BenchWorld.NodeAddress : "127.0.0.1", _port, _port + 1, null),
        };
        var node = world.Write($"haproxy-{hops}-node.cfg", Configuration("*", BenchWorld.Origin,
            BenchWorld.HttpPort, BenchWorld.HttpsPort));
        tool.StartNode(world, "haproxy", "-db", "-f", node);
        await Listening.WaitAsync(world.Node, "127.0.0.1", _port, cancellationToken, tool.Said);
        if (hops == 1)
            return tool;
        var client = world.Write($"haproxy-{hops}-client.cfg", Configuration("127.0.0.1", BenchWorld.NodeAddress,
            _port, _port + 1));
        tool.StartClient(world, "haproxy", "-db", "-f", client);
        await Listening.WaitAsync(world.Client, "127.0.0.1", _port, cancellationToken, tool.Said);
        return tool;
    }

    // Only splice-request and splice-response splice from the first octet on; splice-auto hardly ever does.
    private string Configuration(string listen, string to, int http, int https) => $"""
        global
          maxconn 9300
          maxpipes 256
          nbthread 2
          tune.pipesize 1048576
        defaults
          mode tcp
          timeout connect 10s
          timeout client 900s
          timeout server 900s
          option splice-request
          option splice-response
        listen http
          bind {listen}:{_port}
          server origin {to}:{http}
        listen https
          bind {listen}:{_port + 1}
          server origin {to}:{https}

        """;
}
