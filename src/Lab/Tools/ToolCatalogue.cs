using System.Text.Json;

namespace Karez.Lab.Tools;

/// <summary>The tools that the lab can start.</summary>
public sealed class ToolCatalogue
{
    private const int MaxFile = 1 << 20; // Our limit.
    private const string Socks = "socks5h://127.0.0.1:1080";

    private readonly Dictionary<string, ITool> _tools;

    private ToolCatalogue(IEnumerable<ITool> tools) =>
        _tools = tools.ToDictionary(tool => tool.Name, StringComparer.Ordinal);

    /// <summary>What the lab knows, and what a file adds.</summary>
    /// <param name="file">A JSON list of <see cref="ToolTemplate"/>; null for none.</param>
    public static ToolCatalogue With(string? file = null)
    {
        IReadOnlyList<ToolTemplate> more = [];
        if (file is not null)
        {
            if (new FileInfo(file).Length > MaxFile)
                throw new LabException($"{file}: too long for a list of tools", "a list has at most 1 MiB");
            try
            {
                var octets = File.ReadAllBytes(file);
                more = JsonSerializer.Deserialize(octets, LabJson.Default.IReadOnlyListToolTemplate) ?? [];
            }
            catch (JsonException e)
            {
                throw new LabException($"{file}: {e.Message}", "docs/protocols/lab.md has an example");
            }
        }

        IEnumerable<ITool> own = [new KarezTool(), new OpenVpnTool(), new WireGuardTool(), new Obfs4Tool()];
        return new ToolCatalogue(own.Concat(s_templates.Concat(more).Select(template => new TemplateTool(template))));
    }

    /// <summary>All, in the order of the list.</summary>
    public IEnumerable<ITool> All => _tools.Values;

    /// <summary>Finds one.</summary>
    /// <exception cref="LabException">There is none, or its program is missing.</exception>
    public ITool Find(string name)
    {
        if (!_tools.TryGetValue(name, out var tool))
            throw new LabException($"no tool is called {name}", "karez-lab list tools names them");
        return tool.WhyNot is { } reason
            ? throw new LabException($"{name} cannot be started here", reason)
            : tool;
    }

    private static readonly ToolTemplate[] s_templates =
    [
        new(
            "shadowsocks", "shadowsocks-libev, AEAD (aes-256-gcm)", "tcp", 8388,
            ["ss-server", "-s", "{entry}", "-p", "{port}", "-k", "{password}", "-m", "aes-256-gcm"],
            [
                "ss-local", "-s", "{entry}", "-p", "{port}", "-b", "127.0.0.1", "-l", "1080", "-k", "{password}", "-m",
                "aes-256-gcm",
            ],
            Socks,
            ["ss-server", "-h"],
            Package: "shadowsocks-libev"),
        new(
            "trojan", "trojan: TLS with a certificate of its own, no multiplexing", "tcp", 443,
            ["trojan", "-c", "{folder}/trojan.json"],
            ["trojan", "-c", "{folder}/trojan.json"],
            Socks,
            ["trojan", "-v"],
            new Dictionary<string, string>
            {
                ["trojan.json"] = """
                    {"run_type":"server","local_addr":"{entry}","local_port":443,"remote_addr":"{coverAddress}",
                     "remote_port":80,"password":["{password}"],"log_level":2,
                     "ssl":{"cert":"{certificate}","key":"{key}","alpn":["http/1.1"]}}
                    """,
            },
            new Dictionary<string, string>
            {
                ["trojan.json"] = """
                    {"run_type":"client","local_addr":"127.0.0.1","local_port":1080,"remote_addr":"{entry}",
                     "remote_port":443,"password":["{password}"],"log_level":2,
                     "ssl":{"verify":true,"verify_hostname":true,"cert":"{ca}","sni":"{name}","alpn":["h2","http/1.1"]}}
                    """,
            },
            "trojan"),
        V2Ray("vmess", "v2ray: VMess over plain TCP", 10086, V2RayServer("vmess", ""), V2RayClient("vmess", "")),
        V2Ray(
            "vless-tls", "v2ray: VLESS over TLS, without Vision", 443,
            V2RayServer("vless", ServerTls), V2RayClient("vless", ClientTls)),
    ];

    private const string ServerTls = """
        ,"streamSettings":{"network":"tcp","security":"tls","tlsSettings":
          {"certificates":[{"certificateFile":"{certificate}","keyFile":"{key}"}]}}
        """;

    private const string ClientTls = """
        ,"streamSettings":{"network":"tcp","security":"tls","tlsSettings":{"serverName":"{name}","allowInsecure":true}}
        """;

    private static ToolTemplate V2Ray(string name, string about, int port, string server, string client) => new(
        name, about, "tcp", port,
        ["v2ray", "-config", "{folder}/v2ray.json"],
        ["v2ray", "-config", "{folder}/v2ray.json"],
        Socks,
        ["v2ray", "-version"],
        new Dictionary<string, string> { ["v2ray.json"] = server },
        new Dictionary<string, string> { ["v2ray.json"] = client },
        "v2ray");

    private static string V2RayServer(string protocol, string stream) => $$$"""
        {"log":{"loglevel":"warning"},
         "inbounds":[{"listen":"{entry}","port":{port},"protocol":"{{{protocol}}}",
           "settings":{"clients":[{"id":"{uuid}"}],"decryption":"none"}{{{stream}}}}],
         "outbounds":[{"protocol":"freedom","settings":{},"sendThrough":"{exit}"}]}
        """;

    private static string V2RayClient(string protocol, string stream) => $$$"""
        {"log":{"loglevel":"warning"},
         "inbounds":[{"listen":"127.0.0.1","port":1080,"protocol":"socks","settings":{"udp":false}}],
         "outbounds":[{"protocol":"{{{protocol}}}","settings":{"vnext":[{"address":"{entry}","port":{port},
           "users":[{"id":"{uuid}","encryption":"none"}]}]}{{{stream}}}}]}
        """;
}
