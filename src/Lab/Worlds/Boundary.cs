using System.Text.Json;
using Karez.Beds;

namespace Karez.Lab.Worlds;

/// <summary>
/// Sees to it that a world is closed: no interface of any of its namespaces leads anywhere but into another of them.
/// The router does not start before this was seen.
/// </summary>
public static class Boundary
{
    /// <summary>Looks at every interface of every machine.</summary>
    /// <exception cref="LabException">One leads out, or is of a kind that could.</exception>
    public static void Check(IReadOnlyList<Machine> machines)
    {
        ArgumentNullException.ThrowIfNull(machines);
        var own = machines.Select(machine => machine.Namespace).ToHashSet(StringComparer.Ordinal);
        foreach (var machine in machines)
        {
            if (IsTheHosts(machine.Namespace))
                throw Refused($"{machine.Name} is the host's own network namespace");
            // The kernel numbers a peer's namespace when the link is shown.
            using var links = JsonDocument.Parse(Listed(machine.Ip("-j", "-d", "link", "show")));
            var peers = PeersOf(machine);
            foreach (var link in links.RootElement.EnumerateArray())
                CheckLink(machine, link, peers, own);
        }
    }

    private static void CheckLink(
        Machine machine, JsonElement link, Dictionary<int, string?> peers, HashSet<string> own)
    {
        var name = link.GetProperty("ifname").GetString();
        if (link.GetProperty("link_type").GetString() == "loopback")
            return;
        var kind = link.TryGetProperty("linkinfo", out var info) && info.TryGetProperty("info_kind", out var value)
            ? value.GetString()
            : null;
        if (kind != "veth")
            throw Refused($"{machine.Name}: {name} is no veth ({kind ?? "a device of the machine"})");

        // Without a number the peer is in the same namespace.
        if (link.TryGetProperty("link_netnsid", out var id)
            && !(peers.GetValueOrDefault(id.GetInt32()) is { } peer && own.Contains(peer)))
            throw Refused($"{machine.Name}: the other end of {name} is in no namespace of this run");
    }

    /// <summary>The namespaces that a machine has numbers for; null where one has no name.</summary>
    private static Dictionary<int, string?> PeersOf(Machine machine)
    {
        using var list = JsonDocument.Parse(Listed(machine.Ip("-j", "netns", "list-id")));
        return list.RootElement.EnumerateArray().ToDictionary(
            entry => entry.GetProperty("nsid").GetInt32(),
            entry => entry.TryGetProperty("name", out var name) ? name.GetString() : null);
    }

    private static bool IsTheHosts(string space) => File.Exists("/proc/self/ns/net")
        && new FileInfo("/proc/self/ns/net").LinkTarget is { } own
        && SeenWithin(space) == own;

    /// <summary>What a thread within the namespace sees as its own.</summary>
    private static string? SeenWithin(string space)
    {
        string? seen = null;
        var thread = new Thread(() => seen = Sys.NetworkNamespace.Enter("/run/netns/" + space) == 0
            ? new FileInfo("/proc/thread-self/ns/net").LinkTarget
            : null);
        thread.UnsafeStart();
        thread.Join();
        return seen;
    }

    private static string Listed(string printed) => string.IsNullOrWhiteSpace(printed) ? "[]" : printed;

    private static LabException Refused(string what) =>
        new(what, "the lab's router runs only in namespaces that this run made and that lead nowhere else");
}
