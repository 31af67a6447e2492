using Karez.Lab.Running;
using Karez.Observe.Packets;

namespace Karez.Lab.Detectors;

/// <summary>
/// What an observer knows beside the packets: whose the addresses are, what names mean, what browsers look like.
/// </summary>
public sealed class Surroundings
{
    private readonly List<(NetAddress Prefix, int Bits, PrefixEntry Entry)> _prefixes = [];
    private readonly Dictionary<string, HashSet<NetAddress>> _sites = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Makes what is known from a run's manifest, or of nothing.</summary>
    public Surroundings(RunManifest? manifest = null)
    {
        foreach (var entry in manifest?.Prefixes ?? [])
            Add(entry);
        foreach (var site in manifest?.Sites ?? [])
            Add(site.Name, NetAddress.Parse(site.Address));
    }

    /// <summary>Names that firewalls act on: exact, or a suffix that begins with a dot.</summary>
    public HashSet<string> BlockedNames { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Addresses, with port 0 for all of them, that are blocked by now.</summary>
    public HashSet<(NetAddress Address, ushort Port)> BlockedEnds { get; } = [];

    /// <summary>Fingerprints of the browsers of the day.</summary>
    public HashSet<string> BrowserJa4 { get; } = new(Constants.BrowserJa4.Value, StringComparer.Ordinal);

    /// <summary>
    /// What a genuine server sends right after the client's Finished, by name; a capture of the site has it.
    /// </summary>
    public Dictionary<string, GenuineTickets> Tickets { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What the carrier's resolver answered.</summary>
    public DnsLog Dns { get; } = new();

    /// <summary>Whether anything is known about whose addresses are whose.</summary>
    public bool HasGeography => _prefixes.Count > 0;

    /// <summary>Adds a prefix.</summary>
    public void Add(PrefixEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var parts = entry.Prefix.Split('/');
        _prefixes.Add((NetAddress.Parse(parts[0]), int.Parse(parts[1], null), entry));
    }

    /// <summary>Adds where a name really is.</summary>
    public void Add(string name, NetAddress address)
    {
        if (!_sites.TryGetValue(name, out var addresses))
            _sites[name] = addresses = [];
        addresses.Add(address);
    }

    /// <summary>The longest prefix that holds an address; null when none does.</summary>
    public PrefixEntry? Find(NetAddress address) => _prefixes
        .Where(prefix => address.IsIn(prefix.Prefix, prefix.Bits))
        .OrderByDescending(prefix => prefix.Bits)
        .Select(prefix => prefix.Entry)
        .FirstOrDefault();

    /// <summary>The ASes in which a name really is; empty when nobody knows.</summary>
    public IReadOnlySet<int> AsnsOf(string name) => _sites.TryGetValue(name, out var addresses)
        ? addresses.Select(address => Find(address)?.Asn ?? 0).Where(asn => asn != 0).ToHashSet()
        : new HashSet<int>();

    /// <summary>Whether a name is on the list of blocked ones, itself or by a suffix.</summary>
    public bool IsBlocked(string? name) => name is not null && Matches(BlockedNames, name);

    /// <summary>Whether a list holds a name, or a suffix of it that begins with a dot.</summary>
    public static bool Matches(IReadOnlySet<string> list, string name)
    {
        if (list.Contains(name))
            return true;
        for (var dot = name.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = name.IndexOf('.', dot + 1))
        {
            if (list.Contains(name[dot..]))
                return true;
        }

        return list.Contains("." + name);
    }
}
