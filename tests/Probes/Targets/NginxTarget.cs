using System.Net;

namespace Karez.Probes.Targets;

/// <summary>Debian's nginx: TLS 1.2 and 1.3, h2, static pages. Its waits are shortened to three seconds.</summary>
public sealed class NginxTarget : Target
{
    private ChildProcess? _process;
    private IPEndPoint _endpoint = new(IPAddress.Loopback, 0);

    /// <summary>The same site on a Unix socket.</summary>
    public string SocketPath { get; private set; } = "";

    /// <summary>The same site where callers begin with a PROXY protocol header.</summary>
    public IPEndPoint Announced { get; private set; } = new(IPAddress.Loopback, 0);

    /// <inheritdoc/>
    public override string Name => "nginx";

    /// <inheritdoc/>
    public override IReadOnlyList<IPEndPoint> Endpoints => [_endpoint];

    /// <inheritdoc/>
    public override int AtOnce => 12;

    /// <inheritdoc/>
    public override async Task StartAsync(TargetFiles files, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < 3; attempt++)
        {
            _endpoint = new IPEndPoint(IPAddress.Loopback, FreePort());
            Announced = new IPEndPoint(IPAddress.Loopback, FreePort());
            var folder = files.Folder;
            SocketPath = $"{folder}/site.sock";
            var path = Path.Combine(folder, "nginx.conf");
            await File.WriteAllTextAsync(path, Configuration(folder, _endpoint.Port, Announced.Port), cancellationToken);
            string[] arguments = ["-p", folder, "-c", path, "-e", $"{folder}/error.log"];
            _process = ChildProcess.Start("nginx", "nginx-light", arguments);
            if (await AcceptsAsync(_endpoint, cancellationToken) && !_process.HasExited)
                return;
            await _process.DisposeAsync();
        }

        throw new InvalidOperationException($"nginx does not start: {_process!.Said}");
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => _process?.DisposeAsync() ?? ValueTask.CompletedTask;

    // one process, so that ending it by its id ends all of it
    private static string Configuration(string folder, int port, int announced) => $$"""
        daemon off;
        master_process off;
        pid {{folder}}/nginx.pid;
        {{(Environment.IsPrivilegedProcess ? "user root;" : "")}}
        events { worker_connections 512; }
        http {
          access_log off;
          default_type text/html;
          client_body_temp_path {{folder}}/body; proxy_temp_path {{folder}}/proxy; fastcgi_temp_path {{folder}}/fastcgi;
          uwsgi_temp_path {{folder}}/uwsgi; scgi_temp_path {{folder}}/scgi;
          client_header_timeout 3s; client_body_timeout 3s; keepalive_timeout 3s; send_timeout 6s;
          ssl_protocols TLSv1.2 TLSv1.3;
          ssl_session_cache shared:probes:1m;
          root {{folder}}/www;
          server {
            listen 127.0.0.1:{{port}} ssl http2 default_server;
            listen 127.0.0.1:{{announced}} ssl http2 proxy_protocol default_server;
            listen unix:{{folder}}/site.sock ssl http2 default_server;
            server_name _;
            ssl_certificate {{folder}}/other.crt; ssl_certificate_key {{folder}}/other.key;
          }
          server {
            listen 127.0.0.1:{{port}} ssl http2;
            listen 127.0.0.1:{{announced}} ssl http2 proxy_protocol;
            listen unix:{{folder}}/site.sock ssl http2;
            location = /caller { return 200 "$proxy_protocol_addr:$proxy_protocol_port"; }
            server_name {{TargetFiles.ServerName}};
            ssl_certificate {{folder}}/own.crt; ssl_certificate_key {{folder}}/own.key;
          }
        }
        """;
}
