using Karez.Observe;
using Karez.Observe.Flows;
using Karez.Observe.Packets;

namespace Karez.Lab.Detectors;

/// <summary>T19: many TLS connections at a time from one client to one address with one fingerprint.</summary>
internal sealed class ParallelConnections : IDetector
{
    private const int MaxKeys = 10_000; // Our limit.

    private readonly Dictionary<(NetAddress, NetAddress, string), Dictionary<Flow, long>> _open = [];

    public DetectorInfo Info { get; } = new(
        "t19-parallel", "T19",
        "twelve or more TLS connections of one client to one address with one fingerprint within a minute",
        "fewer connections at a time: several exchanges over one",
        "browsers on pages with many hosts behind one address",
        [Constants.Parallel, Constants.ParallelWindow]);

    public void Feed(in Sighting sighting, ICollection<Evidence> evidence)
    {
        if (sighting.Step.Records.Count == 0 || !sighting.IsUp || sighting.Flow.Tls?.Hello is not { } hello)
            return;
        var flow = sighting.Flow;
        var key = (flow.Key.Client, flow.Key.Server, Ja4.Of(hello));
        if (!_open.TryGetValue(key, out var open))
        {
            if (_open.Count == MaxKeys)
                _open.Clear();
            _open[key] = open = [];
        }

        if (!open.TryAdd(flow, flow.FirstSeen))
            return;
        var since = sighting.Packet.Nanoseconds - (Constants.ParallelWindow.Value * 1_000_000_000L);
        foreach (var (gone, _) in open.Where(entry => entry.Value < since || IsOver(entry.Key)).ToList())
            open.Remove(gone);
        if (open.Count >= Constants.Parallel.Value)
            evidence.Add(sighting.Tell(Info, $"{open.Count} connections at a time to {flow.Key.Server}"));
    }

    private static bool IsOver(Flow flow) => flow.WasReset
        || (flow.Finished(Direction.ClientToServer) && flow.Finished(Direction.ServerToClient));
}
