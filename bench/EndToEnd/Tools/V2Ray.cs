using Karez.EndToEnd.World;

namespace Karez.EndToEnd.Tools;

/// <summary>Debian's v2ray: VMess with aes-128-gcm, or VLESS inside TLS.</summary>
internal sealed class V2Ray(bool vless) : ITool
{
    private const string Id = "0d7a0e3c-7d0f-4c79-9a3e-5f0a5f7f3b11";
    private readonly int _nodePort = vless ? 8446 : 8445;
    private readonly int _socksPort = vless ? 2084 : 2083;

    public string Name => vless ? "v2ray VLESS+TLS" : "v2ray VMess";

    public string? WhyNot => Programs.WhyNot("v2ray", "v2ray");

    public Task<RunningTool> StartAsync(BenchWorld world, CancellationToken cancellationToken)
    {
        var node = world.Write($"v2ray-{_nodePort}-node.json", vless ? VlessNode(world) : VmessNode());
        var client = world.Write($"v2ray-{_nodePort}-client.json", $$"""
            { "log": { "loglevel": "error" },
              "inbounds": [ { "listen": "127.0.0.1", "port": {{_socksPort}}, "protocol": "socks" } ],
              "outbounds": [ {{(vless ? VlessOut() : VmessOut())}} ] }
            """);
        return Socks.StartAsync(
            world, new RunningTool { Name = Name, Way = Socks.Way(_socksPort) },
            ["v2ray", "-config", node], _nodePort, ["v2ray", "-config", client], cancellationToken);
    }

    private string VmessNode() => $$"""
        { "log": { "loglevel": "error" },
          "inbounds": [ { "listen": "{{BenchWorld.NodeAddress}}", "port": {{_nodePort}}, "protocol": "vmess",
            "settings": { "clients": [ { "id": "{{Id}}", "alterId": 0 } ] } } ],
          "outbounds": [ { "protocol": "freedom" } ] }
        """;

    private string VmessOut() => $$"""
        { "protocol": "vmess", "settings": { "vnext": [ { "address": "{{BenchWorld.NodeAddress}}",
          "port": {{_nodePort}}, "users": [ { "id": "{{Id}}", "alterId": 0, "security": "aes-128-gcm" } ] } ] } }
        """;

    private string VlessNode(BenchWorld world) => $$"""
        { "log": { "loglevel": "error" },
          "inbounds": [ { "listen": "{{BenchWorld.NodeAddress}}", "port": {{_nodePort}}, "protocol": "vless",
            "settings": { "clients": [ { "id": "{{Id}}" } ], "decryption": "none" },
            "streamSettings": { "network": "tcp", "security": "tls", "tlsSettings": { "certificates":
              [ { "certificateFile": "{{world.CertificatePath}}", "keyFile": "{{world.KeyPath}}" } ] } } } ],
          "outbounds": [ { "protocol": "freedom" } ] }
        """;

    private string VlessOut() => $$"""
        { "protocol": "vless", "settings": { "vnext": [ { "address": "{{BenchWorld.NodeAddress}}",
          "port": {{_nodePort}}, "users": [ { "id": "{{Id}}", "encryption": "none" } ] } ] },
          "streamSettings": { "network": "tcp", "security": "tls", "tlsSettings":
            { "serverName": "{{BenchWorld.SiteName}}", "allowInsecure": true } } }
        """;
}
