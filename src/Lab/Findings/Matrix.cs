using Karez.Lab.Detectors;

namespace Karez.Lab.Findings;

/// <summary>Counts what detectors flagged, group by group; pure.</summary>
internal static class Matrix
{
    /// <summary>A row for each detector and group, in the detectors' order.</summary>
    public static IReadOnlyList<MatrixRow> Of(RunTraffic traffic)
    {
        var rows = new List<MatrixRow>();
        foreach (var group in traffic.Groups)
        {
            var judged = traffic.FlowsOf(group).ToList();
            var all = traffic.Flows.Where(flow => traffic.GroupOf(flow.Record.Subscriber) == group).ToList();
            var people = traffic.Manifest.Subscribers.Select((_, i) => i).Count(i => traffic.GroupOf(i) == group);
            var sessions = traffic.Manifest.Sessions.Count(session => traffic.GroupOf(session.Subscriber) == group);
            foreach (var detector in traffic.Detectors)
            {
                bool Hit(SeenFlow flow) => flow.Evidence.Exists(found => found.Detector.Name == detector.Name);
                var hit = all.Where(Hit).ToList();
                rows.Add(new MatrixRow(
                    detector.Name, detector.Technique, detector.Tag, group,
                    judged.Count(Hit), judged.Count,
                    hit.Where(flow => flow.Session >= 0).Select(flow => flow.Session).Distinct().Count(), sessions,
                    hit.Select(flow => flow.Record.Subscriber).Distinct().Count(), people,
                    Example(hit, detector)));
            }
        }

        return rows;
    }

    private static string? Example(List<SeenFlow> hit, DetectorInfo detector) => hit.Count == 0
        ? null
        : hit[0].Evidence.First(found => found.Detector.Name == detector.Name).What;
}
