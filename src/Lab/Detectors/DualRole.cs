using Karez.Observe.Packets;

namespace Karez.Lab.Detectors;

/// <summary>T27: an address that serves clients and is itself a client of many servers.</summary>
internal sealed class DualRole : IDetector
{
    private const int MaxAddresses = 100_000; // Our limit.

    private readonly Dictionary<NetAddress, Role> _roles = [];

    public DetectorInfo Info { get; } = new(
        "t27-dual-role", "T27",
        "a foreign address that serves clients here and visits servers here itself",
        "an exit address other than the entry's, and no domestic destinations through the tunnel",
        "mail servers, crawlers on a web server's address",
        [Constants.DualRole]);

    public void Feed(FlowRecord record, ICollection<Evidence> evidence)
    {
        if (_roles.Count >= MaxAddresses)
            _roles.Clear();
        if (record.Foreign != false)
            Of(record.Flow.Server).Serves = record;
        var visitor = Of(record.Flow.Client);
        visitor.Visits.Add(record.Flow.Server);
        foreach (var role in (Role[])[visitor, Of(record.Flow.Server)])
        {
            if (role.Serves is { } served && role.Visits.Count >= Constants.DualRole.Value)
            {
                evidence.Add(new Evidence(
                    Info, served.Flow, served.Subscriber, record.Ends,
                    $"{served.Flow.Server} serves clients and visits {role.Visits.Count} servers"));
            }
        }
    }

    private Role Of(NetAddress address)
    {
        if (!_roles.TryGetValue(address, out var role))
            _roles[address] = role = new Role();
        return role;
    }

    private sealed class Role
    {
        public FlowRecord? Serves { get; set; }

        public HashSet<NetAddress> Visits { get; } = [];
    }
}
