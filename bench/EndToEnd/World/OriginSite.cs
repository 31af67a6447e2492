namespace Karez.EndToEnd.World;

/// <summary>nginx at the origin: files of several sizes, a small page, and a place to upload to.</summary>
internal static class OriginSite
{
    /// <summary>Names and sizes of the files.</summary>
    public static IReadOnlyList<(string Name, long Size)> Files { get; } =
        [("64m", 64L << 20), ("256m", 256L << 20), ("1g", 1L << 30)];

    public static async Task StartAsync(BenchWorld world, CancellationToken cancellationToken)
    {
        var root = Directory.CreateDirectory(Path.Combine(world.Folder, "www"));
        var block = new byte[1 << 20];
        new Random(91).NextBytes(block);
        foreach (var (name, size) in Files)
        {
            await using var file = File.Create(Path.Combine(root.FullName, name));
            for (long written = 0; written < size; written += block.Length)
                await file.WriteAsync(block, cancellationToken);
        }

        await BenchWorld.RunAsync(
            world.OriginMachine,
            [
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-days", "30",
                "-subj", $"/CN={BenchWorld.SiteName}", "-addext", $"subjectAltName=DNS:{BenchWorld.SiteName}",
                "-keyout", world.KeyPath, "-out", world.CertificatePath,
            ],
            cancellationToken);
        var configuration = world.Write("nginx.conf", $$"""
            user root; # The folder is nobody else's.
            worker_processes 2;
            worker_rlimit_nofile 60000;
            pid {{world.Folder}}/nginx.pid;
            error_log stderr error;
            events { worker_connections 24000; }
            http {
              access_log off;
              sendfile on; tcp_nopush on;
              keepalive_timeout 900s; keepalive_requests 1000000;
              client_body_temp_path {{world.Folder}}/body; proxy_temp_path {{world.Folder}}/proxy;
              fastcgi_temp_path {{world.Folder}}/f; uwsgi_temp_path {{world.Folder}}/u; scgi_temp_path {{world.Folder}}/s;
              server {
                listen {{BenchWorld.HttpPort}} backlog=8192;
                listen {{BenchWorld.HttpsPort}} ssl http2 backlog=8192;
                ssl_certificate {{world.CertificatePath}};
                ssl_certificate_key {{world.KeyPath}};
                ssl_protocols TLSv1.3;
                ssl_conf_command Options PrioritizeChaCha;
                root {{root.FullName}};
                location = /small { return 200 "ok"; }
                location = /up {
                  client_max_body_size 0; proxy_request_buffering off; proxy_http_version 1.1;
                  proxy_pass http://127.0.0.1:{{UploadSink.Port}};
                }
              }
            }
            """);
        world.OriginMachine.Start(Program.Self.Program, [.. Program.Self.Arguments, "sink"]);
        world.OriginMachine.Start("nginx", "-e", "stderr", "-g", "daemon off;", "-c", configuration);
        await Listening.WaitAsync(world.OriginMachine, BenchWorld.Origin, BenchWorld.HttpsPort, cancellationToken);
        await Listening.WaitAsync(world.OriginMachine, "127.0.0.1", UploadSink.Port, cancellationToken);
    }
}
