namespace Karez.Lab.Tools;

/// <summary>What servers of whole-device tunnels need of their machine: forwarding, and the exit's address.</summary>
internal static class LayerThree
{
    public static async Task PrepareServerAsync(
        ToolPlace place, string inner, string tool, CancellationToken cancellationToken)
    {
        _ = place.Host.Machine.Enter(() =>
        {
            File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1");
            return 0;
        });
        var rules = place.Host.Write("nat.nft", $$"""
            table ip exit {
              chain out { type nat hook postrouting priority 100; ip saddr {{inner}} snat to {{place.Exit}}; }
            }
            """);
        var (code, printed) = await place.Host.RunAsync("nft", ["-f", rules], cancellationToken);
        if (code != 0)
            throw new LabException($"{tool}: nft: {printed.Trim()}", "nftables with nat is needed for this tool");
    }
}
