using Karez.EndToEnd.World;

namespace Karez.EndToEnd.Tools;

/// <summary>Xray with VLESS, Vision and REALITY: what karez replaces. A binary named by path.</summary>
internal sealed class Xray(string? program) : ITool
{
    private const string Id = "6f0a1d52-0c1b-4d8e-8f5e-0f5b7f2c9a10";
    private const string ShortId = "0123456789abcdef";
    private const int NodePort = 8447;
    private const int SocksPort = 2085;

    public string Name => "xray Vision+REALITY";

    public string? WhyNot => NamedBinary.WhyNot("xray", program);

    public async Task<RunningTool> StartAsync(BenchWorld world, CancellationToken cancellationToken)
    {
        var path = program!; // WhyNot was asked.
        var pair = await BenchWorld.RunAsync(world.Node, [path, "x25519"], cancellationToken);
        var values = pair.Split('\n').Where(line => line.Contains(':', StringComparison.Ordinal))
            .Select(line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()).ToArray();
        if (values.Length < 2)
            throw new BenchException($"xray x25519 printed: {pair}");
        var node = world.Write("xray-node.json", $$"""
            { "log": { "loglevel": "error" },
              "inbounds": [ { "listen": "{{BenchWorld.NodeAddress}}", "port": {{NodePort}}, "protocol": "vless",
                "settings": { "clients": [ { "id": "{{Id}}", "flow": "xtls-rprx-vision" } ], "decryption": "none" },
                "streamSettings": { "network": "raw", "security": "reality", "realitySettings": {
                  "target": "{{BenchWorld.Origin}}:{{BenchWorld.HttpsPort}}",
                  "serverNames": [ "{{BenchWorld.SiteName}}" ],
                  "privateKey": "{{values[0]}}", "shortIds": [ "{{ShortId}}" ] } } } ],
              "outbounds": [ { "protocol": "freedom", "settings": { "finalRules": [ { "action": "allow" } ] } } ] }
            """);
        var client = world.Write("xray-client.json", $$"""
            { "log": { "loglevel": "error" },
              "inbounds": [ { "listen": "127.0.0.1", "port": {{SocksPort}}, "protocol": "socks" } ],
              "outbounds": [ { "protocol": "vless", "settings": { "vnext": [ {
                "address": "{{BenchWorld.NodeAddress}}", "port": {{NodePort}},
                "users": [ { "id": "{{Id}}", "flow": "xtls-rprx-vision", "encryption": "none" } ] } ] },
                "streamSettings": { "network": "raw", "security": "reality", "realitySettings": {
                  "serverName": "{{BenchWorld.SiteName}}", "fingerprint": "chrome",
                  "password": "{{values[1]}}", "shortId": "{{ShortId}}" } } } ] }
            """);
        var tool = new RunningTool { Name = Name, Way = Socks.Way(SocksPort) };
        var version = await BenchWorld.RunAsync(world.Node, [path, "version"], cancellationToken);
        tool.Version = version.Split('\n')[0];
        return await Socks.StartAsync(
            world, tool, [path, "run", "-c", node], NodePort, [path, "run", "-c", client], cancellationToken);
    }
}
