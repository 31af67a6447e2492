using Karez.Observe;
using Karez.Observe.Flows;

namespace Karez.Lab.Statistics;

/// <summary>What can be measured of a TLS flow without knowing any tool: one number a feature.</summary>
public static class FeatureSet
{
    private const int Records = 6;
    private const int Bursts = 4;
    private const byte ApplicationData = 23;

    /// <summary>
    /// The features of a flow whose handshake was seen; empty otherwise. A missing record or burst is 0.
    /// </summary>
    public static IReadOnlyDictionary<string, double> Of(Flow flow)
    {
        ArgumentNullException.ThrowIfNull(flow);
        if (flow.Tls is not { HandshakeDone: true } tls)
            return new Dictionary<string, double>();
        var features = new Dictionary<string, double>(StringComparer.Ordinal);
        var after = tls.Records.Skip(tls.AfterHandshake).Where(r => r.Record.Type == ApplicationData).ToList();
        foreach (var direction in (Direction[])[Direction.ClientToServer, Direction.ServerToClient])
        {
            var side = direction == Direction.ClientToServer ? "up" : "down";
            var sizes = after.Where(r => r.Direction == direction).Select(r => (double)r.Record.Length).ToList();
            for (var i = 0; i < Records; i++)
                features[$"record {i + 1} {side}"] = sizes.ElementAtOrDefault(i);
            features[$"records {side}"] = sizes.Count;
            // How much of a side's records have the length that is most frequent among them.
            features[$"constancy {side}"] = sizes.Count == 0
                ? 0
                : sizes.GroupBy(size => size).Max(group => group.Count()) / (double)sizes.Count;
        }

        foreach (var (burst, i) in BurstsOf(after).Take(Bursts).Select((burst, i) => (burst, i)))
            features[$"burst {i + 1}"] = burst;
        for (var i = 0; i < Bursts; i++)
            features.TryAdd($"burst {i + 1}", 0);
        // The order of the first eight records as one number: a bit each, 1 for the client's.
        features["order"] = after.Take(8).Aggregate(0.0, (sum, r) => (sum * 2) + (r.Direction == 0 ? 1 : 0));
        features["turns"] = BurstsOf(after).Count();
        return features;
    }

    private static IEnumerable<double> BurstsOf(List<SeenRecord> records)
    {
        double sum = 0;
        for (var i = 0; i < records.Count; i++)
        {
            sum += records[i].Record.Length;
            if (i + 1 < records.Count && records[i + 1].Direction == records[i].Direction)
                continue;
            yield return sum;
            sum = 0;
        }
    }
}
