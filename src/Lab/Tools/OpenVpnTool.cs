using System.Globalization;
using Karez.Lab.Worlds;

namespace Karez.Lab.Tools;

/// <summary>OpenVPN over UDP with certificates, as its documentation sets it up; carries the whole device.</summary>
internal sealed class OpenVpnTool : ITool
{
    private const string Inner = "10.9.0.0/24";

    public string Name => "openvpn";

    public string About => "OpenVPN over UDP, whole device";

    public string Transport => "udp";

    public int Port => 1194;

    public string? WhyNot => Programs.Missing("openvpn", "openvpn") ?? Programs.Missing("nft", "nftables");

    public async Task<ToolServer> StartServerAsync(ToolPlace place, CancellationToken cancellationToken)
    {
        await LayerThree.PrepareServerAsync(place, Inner, Name, cancellationToken);
        WriteIdentity(place.Authority, place.Host, "server.vpn.example");
        var server = place.Host.Start("openvpn", "--config", place.Host.Write("openvpn.conf", $"""
            {Common(place.Host)}
            local {place.Entry}
            port {Port}
            topology subnet
            server 10.9.0.0 255.255.255.0
            dh none
            duplicate-cn
            """));
        await server.WaitForAsync("Initialization Sequence Completed", cancellationToken);
        var version = await Programs.VersionAsync("openvpn", ["--version"], cancellationToken);
        return new ToolServer(place, [], string.Join(' ', version.Split(' ').Take(2)));
    }

    public async Task<string?> StartClientAsync(
        ToolServer server, WorldHost subscriber, int number, CancellationToken cancellationToken)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"user{number}.vpn.example");
        WriteIdentity(server.Place.Authority, subscriber, name);
        var client = subscriber.Start("openvpn", "--config", subscriber.Write("openvpn.conf", $"""
            {Common(subscriber)}
            client
            remote {server.Place.Entry} {Port}
            nobind
            remote-cert-tls server
            redirect-gateway def1
            """));
        await client.WaitForAsync("Initialization Sequence Completed", cancellationToken);
        return null;
    }

    // Packets of 1400 octets: what is put around them still fits a link, and nothing is fragmented.
    private static string Common(WorldHost host) => $"""
        dev tun0
        dev-type tun
        proto udp4
        tun-mtu 1400
        mssfix 1360
        ca {host.Folder}/ca.pem
        cert {host.Folder}/vpn.pem
        key {host.Folder}/vpn.key
        persist-tun
        script-security 1
        """;

    private static void WriteIdentity(PrivateCa authority, WorldHost host, string name)
    {
        var (chain, key) = authority.Issue(name);
        host.Write("ca.pem", authority.RootPem);
        host.Write("vpn.pem", chain);
        host.Write("vpn.key", key);
    }
}
