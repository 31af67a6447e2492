using System.Globalization;
using Karez.Lab.Statistics;
using Karez.Observe.Flows;
using Karez.Observe.Packets;

namespace Karez.Lab.Detectors;

/// <summary>T26: weak hits at one host that so many flows would not draw by chance.</summary>
internal sealed class HostAccumulation : IDetector
{
    private const int MaxHosts = 100_000; // Our limit.

    /// <summary>Rules that judge one flow by its shape and are often wrong.</summary>
    private static readonly HashSet<string> s_weak = new(
        ["t15-ndpi", "t15-trojan-killer", "t15-411", "t15-tree", "t16-rtt", "t17-mux"], StringComparer.Ordinal);

    private readonly Dictionary<NetAddress, Host> _hosts = [];

    public DetectorInfo Info { get; } = new(
        "t26-host", "T26",
        "weak per-flow hits gathered by server: more of them than false alarms would make",
        "what makes the weak rules miss; fewer flows to one address",
        "none in the paper's trace after accumulation; here as its assumed rate says",
        [Constants.HostHits, Constants.WeakRate]);

    public void Hear(Evidence found, ICollection<Evidence> evidence)
    {
        if (!s_weak.Contains(found.Detector.Name))
            return;
        var host = Of(found.Flow.Server);
        host.Flagged.Add((found.Flow, found.Nanoseconds / 1_000_000_000 / 3600));
        host.Last = found;
    }

    public void Ended(Flow flow, int subscriber, Surroundings around, ICollection<Evidence> evidence)
    {
        if (flow.Tls?.Hello is null)
            return;
        var host = Of(flow.Key.Server);
        host.Flows++;
        var hits = host.Flagged.Count;
        if (hits < Constants.HostHits.Value.Hits || hits > host.Flows)
            return;
        var chance = Binomial.AtLeast(hits, host.Flows, Constants.WeakRate.Value);
        if (chance < Constants.HostHits.Value.Chance)
            evidence.Add(new Evidence(Info, flow.Key, subscriber, flow.LastSeen, string.Create(
                CultureInfo.InvariantCulture,
                $"{hits} of {host.Flows} flows to {flow.Key.Server} hit, by chance {chance:E0}")));
    }

    private Host Of(NetAddress address)
    {
        if (!_hosts.TryGetValue(address, out var host))
        {
            if (_hosts.Count == MaxHosts)
                _hosts.Clear();
            _hosts[address] = host = new Host();
        }

        return host;
    }

    private sealed class Host
    {
        public int Flows { get; set; }

        public Evidence? Last { get; set; }

        public HashSet<(FlowKey, long)> Flagged { get; } = [];
    }
}
