using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Karez.Lab.Worlds;

namespace Karez.Lab.Tools;

/// <summary>
/// obfs4 by obfs4proxy, without Tor: behind the server is a SOCKS5 proxy (v2ray's), so what is carried are SOCKS5
/// flows, and their first octets are SOCKS5's and not Tor's.
/// </summary>
internal sealed partial class Obfs4Tool : ITool
{
    private const int Behind = 9050;
    private const int LocalPort = 1080;

    public string Name => "obfs4";

    public string About => "obfs4proxy before a SOCKS5 proxy";

    public string Transport => "tcp";

    public int Port => 9443;

    public string? WhyNot => Programs.Missing("obfs4proxy", "obfs4proxy") ?? Programs.Missing("v2ray", "v2ray");

    public async Task<ToolServer> StartServerAsync(ToolPlace place, CancellationToken cancellationToken)
    {
        place.Host.Start("v2ray", "-config", place.Host.Write("behind.json", $$$"""
            {"log":{"loglevel":"warning"},
             "inbounds":[{"listen":"127.0.0.1","port":{{{Behind}}},"protocol":"socks","settings":{"udp":false}}],
             "outbounds":[{"protocol":"freedom","settings":{},"sendThrough":"{{{place.Exit}}}"}]}
            """));
        await Programs.WaitForPortAsync(place.Host, "127.0.0.1", Behind, Name, cancellationToken);
        var proxy = place.Host.Start(
            "env", "TOR_PT_MANAGED_TRANSPORT_VER=1", $"TOR_PT_STATE_LOCATION={place.Host.Folder}/pt",
            "TOR_PT_SERVER_TRANSPORTS=obfs4", $"TOR_PT_SERVER_BINDADDR=obfs4-{place.Entry}:{Port}",
            $"TOR_PT_ORPORT=127.0.0.1:{Behind}", "obfs4proxy");
        await proxy.WaitForAsync("SMETHODS DONE", cancellationToken);
        if (Arguments().Match(proxy.Printed) is not { Success: true } found)
            throw new LabException($"obfs4proxy: {proxy.Printed.Trim()}", "it should have said SMETHOD");
        var version = await Programs.VersionAsync("obfs4proxy", ["-version"], cancellationToken);
        return new ToolServer(place, [found.Groups[1].Value.Replace(',', ';').Trim()], version);
    }

    public async Task<string?> StartClientAsync(
        ToolServer server, WorldHost subscriber, int number, CancellationToken cancellationToken)
    {
        var proxy = subscriber.Start(
            "env", "TOR_PT_MANAGED_TRANSPORT_VER=1", $"TOR_PT_STATE_LOCATION={subscriber.Folder}/pt",
            "TOR_PT_CLIENT_TRANSPORTS=obfs4", "obfs4proxy");
        await proxy.WaitForAsync("CMETHODS DONE", cancellationToken);
        if (Method().Match(proxy.Printed) is not { Success: true } found)
            throw new LabException($"obfs4proxy: {proxy.Printed.Trim()}", "it should have said CMETHOD");
        var port = int.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture);
        TransportDoor.Open(
            subscriber,
            LocalPort,
            new IPEndPoint(IPAddress.Loopback, port),
            server.Secrets[0],
            new IPEndPoint(IPAddress.Parse(server.Place.Entry), Port));
        return $"socks5h://127.0.0.1:{LocalPort}";
    }

    [GeneratedRegex(@"SMETHOD obfs4 \S+ ARGS:(\S+)")]
    private static partial Regex Arguments();

    [GeneratedRegex(@"CMETHOD obfs4 socks5 127\.0\.0\.1:([0-9]+)")]
    private static partial Regex Method();
}
