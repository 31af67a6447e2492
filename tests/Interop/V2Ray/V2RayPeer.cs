using Karez.Interop.Harness;

namespace Karez.Interop.V2Ray;

/// <summary>Debian's v2ray 4.34 with a configuration of ours: VLESS on bare TCP, which is all it has of our protocols.</summary>
internal sealed class V2RayPeer : IDisposable
{
    private readonly string _folder;
    private readonly Peer _peer;

    private V2RayPeer(string folder, Peer peer, int port) => (_folder, _peer, Port) = (folder, peer, port);

    /// <summary>The account that every configuration here has.</summary>
    public static Guid User { get; } = Guid.Parse("66ad4540-b58c-4ad2-9926-ea63445a9b57");

    /// <summary>Where it listens on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>What it has said.</summary>
    public string Output => _peer.Output;

    /// <summary>A VLESS server that goes wherever it is asked to.</summary>
    public static Task<V2RayPeer> ServerAsync()
    {
        var port = Ports.Free();
        return StartAsync(port, $$"""
            {
              "log": { "loglevel": "debug" },
              "inbounds": [ { "listen": "127.0.0.1", "port": {{port}}, "protocol": "vless",
                "settings": { "clients": [ { "id": "{{User}}" } ], "decryption": "none" } } ],
              "outbounds": [ { "protocol": "freedom" } ]
            }
            """);
    }

    /// <summary>A SOCKS5 port whose flows go to a VLESS server on 127.0.0.1.</summary>
    /// <param name="serverPort">The server's port.</param>
    /// <param name="mux">Flows that share a connection; 0 gives each its own.</param>
    public static Task<V2RayPeer> ClientAsync(int serverPort, int mux)
    {
        var port = Ports.Free();
        return StartAsync(port, $$"""
            {
              "log": { "loglevel": "debug" },
              "inbounds": [ { "listen": "127.0.0.1", "port": {{port}}, "protocol": "socks",
                "settings": { "udp": true, "ip": "127.0.0.1" } } ],
              "outbounds": [ { "protocol": "vless",
                "settings": { "vnext": [ { "address": "127.0.0.1", "port": {{serverPort}},
                  "users": [ { "id": "{{User}}", "encryption": "none" } ] } ] },
                "mux": { "enabled": {{(mux > 0 ? "true" : "false")}}, "concurrency": {{Math.Max(mux, 1)}} } } ]
            }
            """);
    }

    public void Dispose()
    {
        _peer.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<V2RayPeer> StartAsync(int port, string configuration)
    {
        var program = Need.Program("v2ray", "v2ray");
        var folder = Directory.CreateTempSubdirectory("karez-v2ray-").FullName;
        var file = Path.Combine(folder, "config.json");
        await File.WriteAllTextAsync(file, configuration);
        var peer = await Peer.StartAsync(program, ["-config", file], "V2Ray 4.34.0 started");
        return new V2RayPeer(folder, peer, port);
    }
}
