using System.Diagnostics;
using System.Globalization;
using Karez.Beds;

namespace Karez.Tun.Tests.Machines;

/// <summary>Debian's wireguard-go between the device's machine and the node's, which forwards to the origin.</summary>
internal sealed class WireGuard
{
    public const string Near = "kzwgnear";
    private const string Far = "kzwgfar";

    private WireGuard(params int[] processes) => Processes = processes;

    public int[] Processes { get; }

    /// <summary>Null where it is not installed.</summary>
    public static async Task<WireGuard?> TryStartAsync(World world, CancellationToken cancellationToken)
    {
        if (!File.Exists("/usr/bin/wireguard-go") || !File.Exists("/usr/bin/wg"))
            return null;
        var folder = Directory.CreateTempSubdirectory("karez-wg-").FullName;
        var near = await StartAsync(world.Dev, Near, "10.99.0.2/24", folder, cancellationToken);
        var far = await StartAsync(world.Node, Far, "10.99.0.1/24", folder, cancellationToken);
        await SetAsync(world.Dev, Near, near.Key, 51_821, far.Public, "10.77.0.1:51822", "0.0.0.0/0");
        await SetAsync(world.Node, Far, far.Key, 51_822, near.Public, "10.77.0.2:51821", "10.99.0.2/32");
        await world.Node.RunAsync("sysctl", ["-qw", "net.ipv4.ip_forward=1"], cancellationToken);
        world.Origin.Ip("route", "add", "10.99.0.0/24", "via", "203.0.113.1");
        world.Dev.Ip("route", "add", "default", "dev", Near, "table", "5001");
        world.Dev.Ip("rule", "add", "pref", "90", "oif", Near, "lookup", "5001");
        return new WireGuard(near.Process.Id, far.Process.Id);

        async Task SetAsync(
            Machine machine, string name, string key, int port, string peer, string endPoint, string allowed)
        {
            var (code, printed) = await machine.RunAsync(
                "wg",
                [
                    "set", name, "private-key", key, "listen-port", port.ToString(CultureInfo.InvariantCulture),
                    "peer", peer, "endpoint", endPoint, "allowed-ips", allowed,
                ],
                cancellationToken);
            Assert.True(code == 0, printed);
        }
    }

    private static async Task<(MachineProcess Process, string Key, string Public)> StartAsync(
        Machine machine, string name, string address, string folder, CancellationToken cancellationToken)
    {
        var process = machine.Start("wireguard-go", "--foreground", name);
        var key = Path.Combine(folder, name);
        await Run("sh", "-c", $"umask 077; wg genkey > {key}");
        var made = await Run("sh", "-c", $"wg pubkey < {key}");
        var patience = Stopwatch.StartNew();
        while (!File.Exists($"/var/run/wireguard/{name}.sock"))
        {
            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(10), process.Printed);
            await Task.Delay(50, cancellationToken);
        }

        machine.Ip("address", "add", address, "dev", name);
        machine.Ip("link", "set", name, "mtu", "1420", "up");
        return (process, key, made);

        async Task<string> Run(string program, params string[] arguments) =>
            (await machine.RunAsync(program, arguments, cancellationToken)).Printed.Trim();
    }
}
