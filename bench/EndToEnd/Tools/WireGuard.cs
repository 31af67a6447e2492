using Karez.Beds;
using Karez.EndToEnd.World;

namespace Karez.EndToEnd.Tools;

/// <summary>wireguard-go: a tunnel of packets in user space; Debian's of 2022, or a newer one named by path.</summary>
internal sealed class WireGuard(string program, bool debian) : ITool
{
    private readonly string _link = debian ? "wg0" : "wg1";
    private readonly string _net = debian ? "10.91.10" : "10.91.11";
    private readonly string _origin = debian ? "10.91.2.3" : "10.91.2.4";
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
            var path = world.Write($"{_link}-{machine.Name}.key", key);
            keys.Add((path, (await run(machine, ["sh", "-c", $"wg pubkey < {path}"])).Trim()));
        }

        tool.StartNode(world, program, "-f", _link);
        tool.StartClient(world, program, "-f", _link);
        await WaitForLinkAsync(world.Node, cancellationToken);
        await WaitForLinkAsync(world.Client, cancellationToken);
        await run(world.Node, ["wg", "set", _link, "listen-port", $"{_port}", "private-key", keys[1].Path,
            "peer", keys[0].Public, "allowed-ips", $"{_net}.2/32"]);
        await run(world.Client, ["wg", "set", _link, "private-key", keys[0].Path, "peer", keys[1].Public,
            "endpoint", $"{BenchWorld.NodeAddress}:{_port}", "allowed-ips", $"{_net}.1/32,{_origin}/32"]);
        world.Node.Ip("address", "add", $"{_net}.1/24", "dev", _link);
        world.Node.Ip("link", "set", _link, "up");
        world.Client.Ip("address", "add", $"{_net}.2/24", "dev", _link);
        world.Client.Ip("link", "set", _link, "up");
        world.Client.Ip("route", "add", $"{_origin}/32", "dev", _link);
        await Listening.WaitAsync(world.Client, _origin, BenchWorld.HttpPort, cancellationToken);
        return tool;
    }

    private async Task WaitForLinkAsync(Machine machine, CancellationToken cancellationToken)
    {
        while (!machine.Ip("-o", "link").Contains($" {_link}:", StringComparison.Ordinal))
            await Task.Delay(20, cancellationToken);
    }
}
