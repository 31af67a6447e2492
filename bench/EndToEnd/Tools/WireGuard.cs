using System.Diagnostics;
using Karez.Beds;
using Karez.EndToEnd.World;

namespace Karez.EndToEnd.Tools;

/// <summary>wireguard-go: a tunnel of packets in user space; Debian's of 2022, or a newer one named by path.</summary>
internal sealed class WireGuard(string program, bool debian) : ITool
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    // Its control sockets lie in one folder for all machines: both ends need names of their own.
    private readonly string _node = debian ? "wgnode0" : "wgnode1";
    private readonly string _client = debian ? "wgclient0" : "wgclient1";
    private readonly string _net = debian ? "10.91.10" : "10.91.11";
    private readonly string _origin = debian ? "203.0.113.3" : "203.0.113.4";
    private readonly int _port = debian ? 51820 : 51821;

    public string Name => debian ? "wireguard-go (Debian)" : "wireguard-go (newer)";

    public string? WhyNot => debian
        ? Programs.WhyNot("wireguard-go", "wireguard-go") ?? Programs.WhyNot("wg", "wireguard-tools")
        : NamedBinary.WhyNot("wireguard-go", program.Length == 0 ? null : program);

    public async Task<RunningTool> StartAsync(BenchWorld world, CancellationToken cancellationToken)
    {
        var tool = new RunningTool
        {
            Name = Name,
            Way = new Way(_origin, BenchWorld.HttpPort, BenchWorld.HttpsPort, null),
        };
        var run = (Machine machine, string[] words) =>
            BenchWorld.RunAsync(machine, words, cancellationToken);
        var keys = new List<(string Path, string Public)>();
        foreach (var machine in new[] { world.Client, world.Node })
        {
            var key = (await run(machine, ["wg", "genkey"])).Trim();
            var path = world.Write($"wg{_port}-{machine.Name}.key", key);
            keys.Add((path, (await run(machine, ["sh", "-c", $"wg pubkey < {path}"])).Trim()));
        }

        await WaitForLinkAsync(world.Node, tool.StartNode(world, program, "-f", _node), _node, cancellationToken);
        await WaitForLinkAsync(
            world.Client, tool.StartClient(world, program, "-f", _client), _client, cancellationToken);
        await run(world.Node, ["wg", "set", _node, "listen-port", $"{_port}", "private-key", keys[1].Path,
            "peer", keys[0].Public, "allowed-ips", $"{_net}.2/32"]);
        await run(world.Client, ["wg", "set", _client, "private-key", keys[0].Path, "peer", keys[1].Public,
            "endpoint", $"{BenchWorld.NodeAddress}:{_port}", "allowed-ips", $"{_net}.1/32,{_origin}/32"]);
        world.Node.Ip("address", "add", $"{_net}.1/24", "dev", _node);
        world.Node.Ip("link", "set", _node, "up");
        world.Client.Ip("address", "add", $"{_net}.2/24", "dev", _client);
        world.Client.Ip("link", "set", _client, "up");
        world.Client.Ip("route", "add", $"{_origin}/32", "dev", _client);
        await Listening.WaitAsync(world.Client, _origin, BenchWorld.HttpPort, cancellationToken, tool.Said);
        return tool;
    }

    private static async Task WaitForLinkAsync(
        Machine machine, MachineProcess process, string link, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        while (!machine.Ip("-o", "link").Contains($" {link}:", StringComparison.Ordinal)
            || !File.Exists($"/var/run/wireguard/{link}.sock"))
        {
            if (watch.Elapsed > s_patience)
                throw new BenchException($"no link {link}: {process.Printed}");
            await Task.Delay(20, cancellationToken);
        }
    }
}
