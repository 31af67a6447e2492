using Karez.Lab.Detectors;
using Karez.Lab.Statistics;
using Karez.Observe;
using Karez.Observe.Flows;
using Karez.Observe.Packets;

namespace Karez.Lab.Findings;

/// <summary>What a browser's own flows show: its fingerprints, sites' tickets, usual numbers of exchanges.</summary>
/// <param name="Features">The features of its flows with a handshake.</param>
/// <param name="Limit">The number of exchanges that 97 % of its flows stay below.</param>
internal sealed record Genuine(IReadOnlyList<IReadOnlyDictionary<string, double>> Features, int Limit)
{
    private const int Most = 10_000; // Our limit.

    /// <summary>Learns it.</summary>
    /// <param name="packets">A browser's packets.</param>
    /// <param name="around">Takes the fingerprints and the tickets.</param>
    /// <returns>What was learnt; null when no handshake was whole.</returns>
    public static Genuine? Learn(IEnumerable<Packet> packets, Surroundings around)
    {
        var (features, bursts) = (new List<IReadOnlyDictionary<string, double>>(), new List<long>());
        var watch = new Watch([], new Surroundings())
        {
            OnEnd = flow =>
            {
                Keep(flow, features);
                if (flow.Tls?.Hello is not { } hello)
                    return;
                bursts.Add(flow.BurstCount);
                around.BrowserJa4.Add(Ja4.Of(hello));
                if (hello.ServerName is { } name && TicketLengths.LengthsOf(flow) is { } lengths)
                {
                    if (!around.Tickets.TryGetValue(name, out var known))
                        around.Tickets[name] = known = new GenuineTickets();
                    known.Add(lengths);
                }
            },
        };
        foreach (var packet in packets)
            watch.Feed(packet);
        watch.Finish();
        return features.Count == 0 ? null : new Genuine(features, Multiplexing.LimitOf(bursts));
    }

    /// <summary>Measures a flow, while there is room.</summary>
    public static void Keep(Flow flow, List<IReadOnlyDictionary<string, double>> features)
    {
        if (features.Count < Most && FeatureSet.Of(flow) is { Count: > 0 } measured)
            features.Add(measured);
    }
}
