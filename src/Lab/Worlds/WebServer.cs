using System.Globalization;
using System.Text;
using Karez.Lab.Running;

namespace Karez.Lab.Worlds;

/// <summary>nginx on a machine: its sites, each on an address of its own, TLS 1.2 and 1.3 with h2.</summary>
internal static class WebServer
{
    /// <summary>Pages a site: <c>/</c>, <c>/1.html</c> and so on.</summary>
    public const int Pages = 6;

    public static void Start(
        WorldHost host,
        IReadOnlyList<SiteEntry> sites,
        (string Name, string Folder)? third,
        PrivateCa authority,
        int seed)
    {
        var configuration = new StringBuilder();
        configuration.Append(CultureInfo.InvariantCulture, $$"""
            user root;
            worker_processes 1;
            daemon off;
            pid {{host.Folder}}/nginx.pid;
            error_log {{host.Folder}}/error.log crit;
            events { worker_connections 4096; }
            http {
              access_log off;
              client_body_temp_path {{host.Folder}}/t1;
              proxy_temp_path {{host.Folder}}/t2;
              fastcgi_temp_path {{host.Folder}}/t3;
              uwsgi_temp_path {{host.Folder}}/t4;
              scgi_temp_path {{host.Folder}}/t5;
              types { text/html html; text/css css; application/javascript js; image/png png;
                      video/mp2t ts; application/json json; }
              default_type application/octet-stream;
              ssl_protocols TLSv1.2 TLSv1.3;
              keepalive_timeout 65;

            """);
        foreach (var site in sites)
        {
            var (chain, key) = authority.Issue(site.Name);
            var chainFile = host.Write(site.Name + ".pem", chain);
            var keyFile = host.Write(site.Name + ".key", key);
            var root = Path.Combine(host.Folder, site.Name);
            SiteContent.Write(root, site.Name, site.Foreign ? third : null, Pages, seed);
            configuration.Append(CultureInfo.InvariantCulture, $$"""
                  server {
                    listen {{site.Address}}:443 ssl http2;
                    listen {{site.Address}}:80;
                    server_name {{site.Name}};
                    ssl_certificate {{chainFile}};
                    ssl_certificate_key {{keyFile}};
                    root {{root}};
                    error_page 405 =200 $uri;
                    location /o/ { add_header Cache-Control "max-age=600"; }
                  }

                """);
        }

        configuration.Append("}\n");
        host.Start("nginx", "-c", host.Write("nginx.conf", configuration.ToString()));
    }
}
