using Karez.Lab.Running;

namespace Karez.Lab.Worlds;

/// <summary>dnsmasq on a machine: the world's names, and no such name for every other.</summary>
internal static class NameServer
{
    public static void Start(WorldHost host, IReadOnlyList<SiteEntry> sites)
    {
        var lines = new List<string>
        {
            "no-resolv", "no-hosts", "no-daemon", "user=root", "bind-interfaces", "local-ttl=300", "cache-size=0",
            $"pid-file={host.Folder}/dnsmasq.pid", $"listen-address={host.Addresses[0]}", "local=/#/",
        };
        lines.AddRange(sites.Select(site => $"host-record={site.Name},{site.Address}"));
        host.Start("dnsmasq", "-C", host.Write("dnsmasq.conf", string.Join('\n', lines) + "\n"));
    }
}
