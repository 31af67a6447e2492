using Karez.Lab.Detectors;
using Karez.Lab.Findings;
using Karez.Lab.Judging;
using Karez.Lab.Statistics;

namespace Karez.Lab.Population;

/// <summary>The run's browsers without a tool beside a capture of a real one.</summary>
/// <param name="Capture">The capture's file name.</param>
/// <param name="Comparison">The run's flows first, the capture's second; the worst feature first.</param>
public sealed record RealTraffic(string Capture, FlowComparison Comparison)
{
    /// <summary>Compares.</summary>
    /// <param name="capture">A capture of one client, checked before.</param>
    /// <param name="traffic">The run's flows.</param>
    internal static RealTraffic Of(CaptureFile capture, RunTraffic traffic)
    {
        var seen = new List<IReadOnlyDictionary<string, double>>();
        var watch = new Watch([], new Surroundings()) { OnEnd = flow => seen.Add(FeatureSet.Of(flow)) };
        foreach (var packet in capture.Packets().Where(Clients.IsJudged))
            watch.Feed(packet);
        watch.Finish();
        return new RealTraffic(
            Path.GetFileName(capture.Path),
            FlowComparison.Of(
                Measure(traffic.FlowsOf(RunTraffic.Browser).Select(flow => (flow.Record, flow.Features))),
                Measure(watch.Records.Select((record, i) => (record, seen[i])))));
    }

    /// <summary>TLS flows: what their records show, and how they lie in the person's day.</summary>
    private static List<IReadOnlyDictionary<string, double>> Measure(
        IEnumerable<(FlowRecord Record, IReadOnlyDictionary<string, double> Features)> flows)
    {
        var before = new Dictionary<int, long>();
        var measured = new List<IReadOnlyDictionary<string, double>>();
        foreach (var (record, features) in flows.Where(flow => flow.Features.Count > 0).OrderBy(f => f.Record.Begins))
        {
            var pause = record.Begins - before.GetValueOrDefault(record.Subscriber, record.Begins);
            before[record.Subscriber] = record.Begins;
            measured.Add(new Dictionary<string, double>(features, StringComparer.Ordinal)
            {
                ["octets up"] = record.OctetsUp,
                ["octets down"] = record.OctetsDown,
                ["seconds"] = (record.Ends - record.Begins) / 1e9,
                ["seconds since the flow before"] = pause / 1e9,
            });
        }

        return measured;
    }
}
