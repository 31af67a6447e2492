using System.Globalization;
using Karez.Lab.Worlds;

namespace Karez.Lab.Tools;

/// <summary>WireGuard by wireguard-go (the kernel's is not needed); carries the whole device.</summary>
internal sealed class WireGuardTool : ITool
{
    private const string Inner = "10.10.0.0/24";

    public string Name => "wireguard";

    public string About => "WireGuard (wireguard-go), whole device";

    public string Transport => "udp";

    public int Port => 51820;

    public string? WhyNot => Programs.Missing("wireguard-go", "wireguard-go")
        ?? Programs.Missing("wg", "wireguard-tools") ?? Programs.Missing("nft", "nftables");

    public async Task<ToolServer> StartServerAsync(ToolPlace place, CancellationToken cancellationToken)
    {
        await LayerThree.PrepareServerAsync(place, Inner, Name, cancellationToken);
        var (own, known) = await MakeKeysAsync(place.Host, cancellationToken);
        var secrets = new List<string>();
        var file = new System.Text.StringBuilder($"[Interface]\nPrivateKey = {own}\nListenPort = {Port}\n");
        for (var i = 0; i < place.Users; i++)
        {
            var (theirs, peer) = await MakeKeysAsync(place.Host, cancellationToken);
            file.Append(CultureInfo.InvariantCulture, $"[Peer]\nPublicKey = {peer}\nAllowedIPs = {Address(i)}/32\n");
            secrets.Add($"{theirs} {known}");
        }

        await StartAsync(place.Host, "wgs", file.ToString(), "10.10.0.1/24", cancellationToken);
        var version = await Programs.VersionAsync("wireguard-go", ["--version"], cancellationToken);
        return new ToolServer(place, secrets, version);
    }

    public async Task<string?> StartClientAsync(
        ToolServer server, WorldHost subscriber, int number, CancellationToken cancellationToken)
    {
        var keys = server.Secrets[number].Split(' ');
        var device = string.Create(CultureInfo.InvariantCulture, $"wgc{number}");
        await StartAsync(subscriber, device, $"""
            [Interface]
            PrivateKey = {keys[0]}
            [Peer]
            PublicKey = {keys[1]}
            Endpoint = {server.Place.Entry}:{Port}
            AllowedIPs = 0.0.0.0/0
            PersistentKeepalive = 25
            """, $"{Address(number)}/24", cancellationToken);
        var machine = subscriber.Machine;
        machine.Ip("route", "add", server.Place.Entry, "via", Wiring.Gateway);
        machine.Ip("route", "add", "0.0.0.0/1", "dev", device);
        machine.Ip("route", "add", "128.0.0.0/1", "dev", device);
        return null;
    }

    private static string Address(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"10.10.0.{2 + number}");

    private async Task StartAsync(
        WorldHost host, string device, string configuration, string address, CancellationToken cancellationToken)
    {
        // Its control socket lies in a folder that all namespaces share; the name has to be the run's own.
        var unique = string.Create(CultureInfo.InvariantCulture, $"{device}{Environment.ProcessId % 100_000}");
        host.Start("wireguard-go", "-f", unique);
        var file = host.Write("wg.conf", configuration + "\n");
        var (code, printed) = (1, "");
        for (var tries = 0; code != 0 && tries < 100; tries++)
        {
            await Task.Delay(100, cancellationToken);
            (code, printed) = await host.RunAsync("wg", ["setconf", unique, file], cancellationToken);
        }

        if (code != 0)
            throw new LabException($"{Name}: wg setconf: {printed.Trim()}", "see the run's folder");
        host.Machine.Ip("link", "set", unique, "name", device);
        host.Machine.Ip("address", "add", address, "dev", device);
        host.Machine.Ip("link", "set", device, "mtu", "1400", "up");
    }

    private static async Task<(string Private, string Public)> MakeKeysAsync(
        WorldHost host, CancellationToken cancellationToken)
    {
        var (_, secret) = await host.RunAsync("wg", ["genkey"], cancellationToken);
        var file = host.Write("wg.key", secret);
        var (_, known) = await host.RunAsync("/bin/sh", ["-c", $"wg pubkey < '{file}'"], cancellationToken);
        return (secret.Trim(), known.Trim());
    }
}
